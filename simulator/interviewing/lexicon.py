"""Words that the extraction of phrases goes by: fillers, breaks, verbs, offices, names that are none."""

from __future__ import annotations

import re
from collections.abc import Sequence


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FILLERS = re.compile(
    r"(?:,\s*)?\b(?:um+|uh+|erm?|hmm+|you know|i mean|sort of|kind of|basically|literally|actually|honestly|frankly|"
    r"to be honest|let's say|i guess|i suppose|how do you say|so to speak|as it were|anyway|"
    r"like(?=,)|well(?=,)|okay(?=,)|yeah(?=,)|right(?=,))\b(?:\s*,)?",
    re.IGNORECASE,
)

_TURN_I = (
    (r"\bI'm\b", re.IGNORECASE, "you're"),
    (r"\bI am\b", re.IGNORECASE, "you are"),
    (r"\bI was\b", re.IGNORECASE, "you were"),
    (r"\bwas I\b", re.IGNORECASE, "were you"),
    (r"\bI'(ve|d|ll)\b", re.IGNORECASE, r"you'\1"),
    (r"\bI\b", 0, "you"),
    (r"\bmyself\b", re.IGNORECASE, "yourself"),
    (r"\bmine\b", re.IGNORECASE, "yours"),
    (r"\bmy\b", re.IGNORECASE, "your"),
    (r"\bme\b", re.IGNORECASE, "you"),
)

TURNED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, flags), replacement) for pattern, flags, replacement in _TURN_I
)
"""How the words of a speaker read when they are said to that speaker. "We" stays: it may be anybody."""

FIRST_PERSON = _words(
    """
    i i'm i'd i've i'll me my mine myself we us our ours we'd we've we're
    """
)

CLAUSE_BREAKS = _words(
    """
    and but so because since which who whom where while when whereas although though unless until if then or
    that's it's there's he's she's they're i we he she they you it
    """
)
"""Words before which a clause is cut."""

SOFT_BREAKS = _words(
    """
    in on at for with from by after before during over under against through into across
    """
)
"""Prepositions before which a clause that is too long may be cut."""

BELONGS_TO_WHAT_IS_BEFORE = _words("which who whom where what than as")
"""Words that open a clause without which what is before them says too little ("I read only the places where …")."""

SAYS_LITTLE = _words(
    """
    try error errors mistake mistakes point sense sure decision effort week weeks month months day days time times lot
    bit job way ways thing things presentation something anything everything nothing problem problems
    """
)
"""Objects that leave open what was done: an act that ends on one is not taken up."""

TELLS_SOMEBODY = _words("told asked gave showed taught")
"""Verbs after which English has the person at once: "told to the client" would be repeated as a slip."""

DANGLING = _words(
    """
    before after since around among between without within against during away
    a an the my your our his her their its this that these those of to in on at for with from by and or but so
    as than into onto about over under very too quite really just not no any some every each more most such same
    was were is are be been am had have has do did does would could should can will might may must i we you he
    she they it who which what how when where why if because while also only even still maybe like well then
    there here basically a-and one two three other another both all out up
    """
)
"""Words on which a phrase must not end."""

UNCLEAR = _words(
    """
    her his their them those this these here it they he she him that's it's stuff whatever something somehow
    thing it'd it'll he'd he'll he's she'd she'll she's they'd they'll they're they've there's
    """
)
"""Words that point at something which the interviewer would have to repeat as well."""

DETERMINING = _words("a an the my your our i we you he she they it there no some any every each all both one two three")
"""Words with which a clause or a noun phrase may begin after "that"."""

VERBS_THAT_WANT_MORE = _words(
    """
    made took put got gave kept went said told asked thought wanted let
    """
)

NOT_BEFORE_SUBJECT = _words(
    """
    and-what what how why whether if that which when where than as did do would could should had have think
    thought believe say said guess knew know mean hope hoped felt feel until before unless
    """
)
"""Words after which "I" or "we" opens a subordinate clause that is not a statement of its own."""

ADVERBS = _words(
    """
    just really then also finally eventually actually basically simply only even still already first immediately
    quickly never ever always probably
    """
)

IRREGULAR_PAST = _words(
    """
    built wrote took made ran sent told brought bought caught chose cut dealt drew drove fought found gave got
    held hit kept laid led left lost met paid put read said saw sold set shut spent split spoke stood swore
    taught threw understood went won began broke came did fell felt flew forgot grew had heard hid hired knew
    let meant sat showed slept stuck stopped tore thought wound rewrote rebuilt withdrew overrode undid redid
    foresaw rang dug froze stole sank sprang swung hung bent lent shot spun sped fed bled bred cast bet quit
    shed spread thrust
    """
)

NOT_PAST = _words(
    """
    need indeed speed feed seed breed red bed exceed proceed succeed hundred embed shed wed sacred naked kindred
    """
)

STATES = _words(
    """
    owed had was were needed wanted knew thought felt liked loved hated hoped believed meant seemed appeared
    remained stayed lived worked used tried looked heard saw got came went understood stood sat slept said
    happened lost agreed mentioned noticed realized realised learned learnt figured guessed supposed expected
    ended started began kept let failed missed forgot called did found turned joined talked spoke became assumed
    wished left received gave hit walked flew ate drank waited returned arrived entered visited thanked
    apologized apologised studied graduated listened watched read caused
    """
)
"""Past verbs that tell of a state, a perception or nothing in particular: not taken up as an act."""

MAKING = _words(
    """
    built wrote made designed moved shipped shut stopped halted launched changed replaced rewrote rebuilt
    migrated cut split tested measured deployed removed deleted added fixed set ran sent trained pulled reverted
    released hired negotiated presented organised organized created installed drew developed
    """
)

CALLS = _words(
    """
    decided chose proposed refused insisted picked stopped halted cancelled canceled escalated rejected dropped
    killed delayed postponed overruled vetoed opted recommended approved declined quit resigned
    """
)
"""Past verbs that tell of a decision."""

FINITE = _words(
    """
    is are was were isn't aren't wasn't has have had do does don't doesn't can can't cannot could should
    shouldn't would wouldn't will won't must may might need needs makes make means matter matters works goes
    comes gets becomes gives takes helps tells shows depends belongs beats wins loses fails kills costs ought
    seems look looks stays keeps wants knows thinks has've it's that's they're we're you're there's
    """
)

NO_SUBJECT = _words(
    """
    would could should can will is are was were has had have do does after before in on at to from no not where
    when if how why who which than collect take make let think yes one
    """
)
"""Words with which no statement begins that stands for itself."""

OPENS_A_CLAUSE = _words("that who which where when if how why what because i")
"""Words before the first verb that make it a subordinate clause's."""

ADDRESSED = _words("you your you're you'll you've yours yourself guys")
"""Words of a claim that speak to somebody: said back, they would mean the candidate."""

NO_CLAIM_STARTS = _words(
    """
    i it it's this that that's these those so and but they he she what there there's because maybe like a-and
    about of both for to we're
    """
)
"""First words that leave open what a claim is about, or that no claim begins with."""

IRREGULAR_PLURALS = _words(
    """
    people men women children percent euros staff feet teeth mice data
    """
)

NOT_PLURALS = _words(
    """
    was is has this us as his its always does goes says gets perhaps yes plus less across unless afterwards
    besides towards thus sometimes others series means enters makes takes needs wants comes works thinks knows
    ones things times
    """
)

DURATIONS = _words(
    """
    seconds minutes hours days weeks months years decades nights mornings evenings
    """
)

TIMES_OF_DAY = _words(
    """
    o'clock am pm a.m p.m
    """
)

STOP_WORDS = _words(
    """
    a an the and or but so if then than as of to in on at for with from by about into over under after before
    during between through against out up down off again i me my we us our you your he him his she her it its
    they them their this that these those who whom which what when where why how is are was were be been being
    am have has had do does did will would could should can may might must not no nor only just very too also
    there here now all any both each few more most other some such own same because until while later ago
    earlier late early maybe around roughly almost nearly myself yourself themselves itself
    """
)

NOT_IN_THINGS = _words(
    """
    bit different one other great nice lovely perfect said told got had went came made took thought wanted knew
    saw put going doing being having getting like really actually next last first second third whole entire
    right wrong good bad better best worse worst big biggest small little new old only main usual actual certain
    particular various several many much lot lots hardest easiest real mean means didn't wasn't couldn't don't
    everybody everyone nobody somebody since thing things people along without
    come comes goes isn't wouldn't can't were's i'd i'm we'd we're he'd she'd they'd it'd that'd who'd moment
    """
)
"""Words that a definite thing is not made of: they leave open which one is meant."""

GENERIC = _words(
    """
    circumstances amount million bucks thing things part parts way ways time times day days week weeks month
    months year years end beginning start point points one ones people person lot case cases question questions
    answer answers problem problems fact kind sort moment team teams company companies guy guys man woman
    morning evening night afternoon rest half bit side sides place room world life work job idea reason reasons
    situation story stories example examples stuff others other everything something anything nothing same
    minute minutes hour hours second seconds summer winter spring autumn weekend friday monday tuesday wednesday
    thursday saturday sunday january february march april june july august september october november december
    truth middle top bottom number numbers level line difference sense mind head hand hands eye eyes name future
    past present honest plain detail details words word course matter issue issues thought thoughts feeling risk
    risks view opinion argument lesson result outcome decision call mistake trouble phone door table floor house
    city country area field total average majority minority first last latter former next main most only third
    """
)
"""Nouns that name nothing in particular."""

PERSONS = _words(
    """
    manager managers lead leads engineer engineers director directors nurse nurses doctor doctors patient
    patients student students contractor contractors surveyor developer developers vendor vendors colleague
    colleagues pharmacist pharmacists inspector inspectors founder founders designer designers captain crew
    driver drivers analyst analysts researcher researchers teacher teachers professor client clients customer
    customers user users boss supervisor planner operator operators technician technicians consultant
    consultants lawyer lawyers officer officers board committee guy guys lady woman man boy girl husband wife
    mother father kid kids broker brokers underwriter underwriters farmer farmers ecologist fellow postdoc
    intern interns assistant owner owners reviewer reviewers auditor auditors regulator regulators team squad
    group department office staff worker workers person people folks friend friends partner partners signaller
    senior seniors junior juniors deputy detective
    chief head mentor landlord supplier suppliers company firm competitor competitors council ministry agency
    """
)
"""Nouns for people and bodies of people: they are no things."""

COMMON_ALONE = _words(
    """
    system project product customer customers user users client clients manager boss office meeting email mail
    software code data server service process model models technology industry market business money building
    street school hospital shop store ship boat train plane car truck road summer public government board lead
    kids family internet weather week
    """
)
"""Nouns that are too common to be taken up without a word beside them."""

DETERMINERS = {
    "the": "the",
    "a": "the",
    "an": "the",
    "my": "your",
    "our": "your",
}
"""How the determiner of a thing reads in a question."""

THING = re.compile(
    r"\b(?P<det>the|a|an|my|our)\s+(?P<noun>[A-Za-z][\w-]*(?:\s+[a-z][\w-]*){0,2})"
    r"(?=\s*(?:[,.;?!]|$)|\s+(?:was|were|is|had|that|which|who|and|or|but|so|because|in|on|at|for|with|from|by|to|"
    r"after|before|when|where|while|did|didn't|wasn't|would|could|myself|itself|as|if|then|between|of)\b)"
)
"""A determiner, up to three words, and a word or mark that ends a noun phrase."""

NOT_AT_END_OF_THING = _words(
    """
    himself herself itself themselves myself afterwards back once alone live straight ahead already well away
    together apart twice there gone done here now later again off out up down over onward onwards inside outside
    types decides checks says enters goes gets works helps means confirms begins runs comes takes makes gives
    wants needs knows thinks thinking becomes happens depends wins loses breaks fails asks tells sees reads
    writes sends pays buys sells uses learns falls sits stands holds keeps stays wasn't anymore either too
    open opens closes starts stops counts turns moves shows
    instead anyway though yet work mattered long wide high low weaker stronger bigger smaller sooner
    """
)
"""Words that come after a noun phrase rather than end it."""

NO_OBJECT_BEFORE = _words(
    """
    before after myself himself herself themselves
    alone already by about in was were is at again together once twice not with
    """
)
"""Words after an act's verb that show its object to stand elsewhere."""

NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    "nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)

FEW = _words("two three four five six seven eight nine")
"""Numbers so small that they are asked about only where nothing else is taken up."""

RATE = re.compile(r"\s+(?:a|an|per|each|every)\s+(?:second|minute|hour|day|night|week|month|season|year|head|person)\b")
"""What belongs to a number with its noun: "2,400 applications a week"."""

WORDS_A_MARK = 25
"""Words of a sentence for each of its marks above which the recognizer has lost marks."""

NUMBER = re.compile(
    r"(?<![\w.,$€£-])(?P<number>\d[\d,]*(?:\.\d+)?|(?:" + NUMBER_WORDS + r")(?:-(?:one|" + NUMBER_WORDS + r"))?"
    r"(?:\s+(?:hundred|thousand|million))?)\s+(?P<rest>[A-Za-z][\w'-]*(?:\s+[A-Za-z][\w'-]*){0,2})",
    re.IGNORECASE,
)

_NAME = r"[A-Z][a-z]{2,}"
_SAYS = (
    r"(?:said|told|thought|wanted|asked|argued|wrote|felt|knew|believed|disagreed|insisted|agreed|pushed|explained|"
    r"objected|warned|suggested|refused|kept saying|came to me|found|pointed out|who'd)"
)
_TOLD = (
    r"(?:[Aa]sked|[Tt]old|[Cc]onvinced|[Cc]alled|[Mm]et|[Ee]mailed|[Mm]essaged|[Rr]ang|me and|between me and|"
    r"[Pp]ersuaded|[Ww]ith)"
)
_TITLE = (
    r"(?:lead|manager|boss|colleague|director|head|founder|engineer|designer|nurse|doctor|chief|partner|supervisor|"
    r"foreman|captain|intern|professor|advisor|adviser|mentor|CEO|CTO)"
)

DOES = _words(
    """
    wrote checked built measured signed fixed drew picked handled designed helped called brought tested reviewed
    repaired counted printed ran
    """
)
"""Verbs of what people do, and places, firms and machines hardly ever."""

NAMED = re.compile(
    rf"\b(?P<a>{_NAME})(?:\s+{_SAYS}\b|,\s+who\b)|\b{_TOLD},?\s+(?P<b>{_NAME})\b|\b{_TITLE},?\s+(?P<c>{_NAME})\b"
    rf"|(?<=[a-z,] )(?P<d>{_NAME})\s+(?:{'|'.join(sorted(DOES))})\b"
)
"""A name where somebody acts or is spoken to."""

PLACED = re.compile(rf"\b(?:in|at|near|around|outside|across)\s+({_NAME})\b")
"""A name that stands as a place."""

NO_NAMES = _words(
    """
    the and but then when what that this there they she her his him monday tuesday wednesday thursday friday
    saturday sunday january february march april may june july august september october november december python
    java postgres excel google microsoft amazon apple openai anthropic nobody somebody everybody everyone
    someone english german french spanish london paris berlin munich hamburg frankfurt athens vienna madrid rome
    milan people engineering legal finance marketing sales support operations security product management linux
    christmas easter yes not well okay slack jira github kubernetes whisper after before because since most some
    both each all another risk frau herr signor signora monsieur madame mister europe america africa asia india
    china sir madam doctor doctora professor mrs miss ingeniero ingeniera pak ibu usta kuya wofa nana dede auntie
    uncle visitors sellotape connecticut everyone half european mixtard khun
    """
)
"""Capitalized words that are nobody's name."""

OFFICES = {"head of engineering": "head of engineering", "ceo": "CEO", "cto": "CTO", "cfo": "CFO", "coo": "COO"}

OFFICE = re.compile(
    r"\b(?P<owner>my|our|the)\s+(?P<office>manager|boss|lead|team lead|tech lead|director|supervisor|ceo|cto|cfo|coo|"
    r"founder|mentor|foreman|head of engineering|product manager|project manager|chief engineer|client|landlord|"
    r"professor|adviser|advisor)\b(?=\s*(?:[,.;]|said|told|thought|wanted|asked|was|had|who|didn't|felt|came|and))",
    re.IGNORECASE,
)

OFFICE_FIRST = re.compile(
    r"(?:my|our|the) (?:manager|boss|lead|team lead|tech lead|director|supervisor|founder|mentor|foreman|"
    r"product manager|project manager|chief engineer|client|landlord|professor|adviser|advisor)(?= [a-z])",
    re.IGNORECASE,
)
"""Somebody by office at the beginning of a stretch."""

BEFORE_A_NEW_CLAUSE = _words("and but so then because since while afterwards finally later")
"""Words after which a clause of its own begins."""

SPEAKING = _words(
    """
    said told thought was were had knew wanted felt asked believed looked came went got seemed meant did kept let
    """
)
"""Verbs of others after which the clause says little without what comes next."""

CLAIM = re.compile(
    r"(?:\bI(?:'d)? (?:really |still |do |honestly )?(?:think|believe|hold|argue|say)"
    r"|\bI'm (?:fairly |pretty |quite )?(?:convinced|sure|certain)"
    r"|\b[Mm]y (?:view|position|opinion|take|worry|concern) is|\b[Ii]n my (?:view|opinion),?)"
    r"(?:,)?\s+(?:that\s+)?(?P<clause>[^,.;:?!]+)(?=[,.;:!]|$)"
)
"""A clause after a mark of a view, up to the next mark."""


def is_past(word: str) -> bool:
    """Tell whether a word reads as a verb in the past."""
    return word in IRREGULAR_PAST or (word.endswith("ed") and len(word) > 3 and word not in NOT_PAST)


def is_name(word: str) -> bool:
    """Tell whether a word that somebody's deed follows reads as a name: capital, no known other word, no plural."""
    plain = word.lower()
    return (
        re.fullmatch(_NAME, word) is not None
        and plain not in NO_NAMES
        and plain not in STOP_WORDS
        and not plain.endswith(("ers", "ors", "ists", "ents", "ees", "one", "body"))
    )


def ends_clause(after: Sequence[str]) -> bool:
    """Tell whether a "that" before these words stands alone and points at something ("I built that in June")."""
    return not after or after[0] in SOFT_BREAKS or after[0] in DANGLING - DETERMINING


def is_finite(word: str) -> bool:
    """Tell whether a word reads as a verb that a clause can stand on."""
    return word in FINITE


def keeps_capital(word: str) -> bool:
    """Tell whether the first word of a clause keeps its capital inside a sentence."""
    return word.isupper() or word.startswith("I'") or word[1:2].isupper()
