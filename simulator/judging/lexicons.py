"""Words and phrases that the counted features look for; small lists of our own, in plain words."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.replace("\n", " ").split(","))


STOP = _words(
    """
    a about after all also am an and any are as at be because been before being bit but by came can can't come
    could couldn't did didn't do does don't done down even for from get go going got had has have having he
    he'd her here him his how i i'd i'll i'm i've if in into is isn't it it's its just kind knew know like lot
    made make may me might mine more most must my no not of off on one only or other our out over own quite
    really said same say she she'd should so some sort still such than that that's the their them then there
    these they they'd thing things think this those to too up us very was wasn't we we'd we've well went were
    weren't what when where which while who whom why will with would wouldn't yes you your
    """
)
"""Words that carry no content of their own."""

WE = _words(
    """
    everybody everyone our ours ourselves team together us we we'd we'll we're we've
    """
)
"""Words by which a speaker says that a group acted."""

SELF = _words(
    """
    i i'd i'll i'm i've me mine my myself
    """
)
"""Words by which a speaker speaks of themselves."""

OTHERS = _words(
    """
    he he'd he's her hers herself him himself his she she'd she's their theirs them they they'd
    """
)
"""Words by which a speaker speaks of others."""

NEGATIONS = _words(
    """
    aren't can't couldn't didn't don't hadn't hasn't haven't isn't neither never no nobody none nor not
    nothing wasn't weren't without won't wouldn't
    """
)
"""Words that deny."""

HEDGES = _words(
    """
    could guess likely maybe might perhaps possibly probably roughly seems somewhat suppose
    """
)
"""Words that weaken a claim."""

GENERIC = _words(
    """
    align aligned alignment always approach balance basically best better certain challenge challenging
    communication complex definitely different difficult essential essentially everyone feedback focus focused
    generally growth honest impact important importantly journey key learning many mindset never obviously
    often open overall people perspective positive pressure priorities process processes proper properly
    quality responsibility responsible right several sometimes stakeholders success successful team things
    trust usually value values various
    """
)
"""Words that general talk about work is made of."""

UNKNOWN_WORDS = _words(
    """
    blank forgot forgotten guess guessing idea know memory recall remember tell unsure wasn't
    """
)
"""Words that turn up where somebody says that they do not know."""

UNKNOWN_PHRASES = _phrases(
    """
    don't know, do not know, no idea, couldn't tell you, can't tell you, couldn't say, can't say,
    don't remember, don't recall, can't remember, can't recall, not sure, never found out, never saw,
    never heard, never learned, wasn't there, was not there, making it up, be guessing, be inventing, lost it,
    it's gone, a blank, haven't got, couldn't reconstruct, hadn't started, had left, was gone, no memory,
    isn't there, not there, i'd have to, wish i
    """
)
"""Ways of saying that one does not know, does not remember or was not there."""

OWNER_PHRASES = _phrases(
    """
    was his, was hers, was theirs, his part, her part, her job, his job, have to ask, he did, she did,
    they did, he decided, she decided, they decided, we did, we decided, the team, not me, wasn't me, not mine,
    not my, somebody else, someone else, not on my, his call, her call, their call, with him, with her,
    came from, was made by, did that, had that, took that, not with me, above me, for me to
    """
)
"""Ways of saying that a part was somebody else's."""

AGAIN_PHRASES = _phrases(
    """
    as i said, like i said, as i say, i said, i told, i've told, i mentioned, already, that's it, that's all,
    nothing more, nothing else, again, same thing, what i said, all there is, no more, not much more,
    the whole of it, rest i've, beyond that
    """
)
"""Ways of saying that one has said it before, or that there is no more."""

ARGUING_PHRASES = _phrases(
    """
    fair point, good point, you're right, you are right, that's true, i agree, fair enough, i give you,
    i'd give up, take back, drop, withdraw, too strong, overstated, i was wrong, except, unless, i'd change,
    not always, i'd narrow, no longer, instead, still, however, but, because, depends, both, on the other hand,
    you know better, expert, convinced, period, simply, that's it, opinion, experience, always, everyone, keep,
    stay, hold, stand, would say now, i'd put it
    """
)
"""Ways of granting, keeping or giving up a point."""

DAYS = _words("monday tuesday wednesday thursday friday saturday sunday")
MONTHS = _words("january february march april may june july august september october november december")
SEASONS = _words("spring summer autumn fall winter")
TIMES = _words("morning afternoon evening night noon midnight")

_ONES = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"

ONES = {word: value for value, word in enumerate(_ONES.split())}
"""Number words up to nineteen."""

TENS = {word: value * 10 for value, word in enumerate(_TENS.split(), 2)}
"""Number words for tens."""

SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
"""Number words that multiply."""

ORDINALS = {word: value for value, word in enumerate(_ORDINALS.split(), 1)}
"""Ordinal words."""

OPENERS = _words(
    "and but so because then or when while which who where if that's it's i we he she they there since although"
)
"""Words before which a long run of speech can be cut."""

SAYS_NOTHING = _words(
    "a about actually ah all alright am an and anyhow anyway are as ask asked asking at basically be bear begin best "
    "bit breath brief but can clear collect come differently finish for from gather get good guess have hear here "
    "here's hm hmm hope how i i'd i'll i'm i've if in into is it it's its just kind less let let's like long looking "
    "may me mean mind minute moment more my now of oh ok okay on or out picture please point properly put question "
    "quick quickly really said say saying second see sense shall short should side simply so sort start starting "
    "story suppose tell telling thank thanks that that's the then there there's these thing things think this those "
    "thought thoughts to told up want wanted way well what what's where where's will with word words yeah you you'd "
    "you'll you're your"
)
"""Words that alone make a sentence that says nothing of the story ("so, that's what I wanted to say"). None of them
denies, knows, remembers, agrees, names somebody or acts in the past: a sentence that does is never without meaning."""
