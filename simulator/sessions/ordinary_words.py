"""Words that are no names though they may stand with a capital letter: beginnings of sentences, and fixed capitals."""

from __future__ import annotations

BEGINNINGS = """
a about above across actually after afterwards again ah all almost already alright also although always am among an and
another any anybody anyone anything anyway apart are around as aside ask asked at away back basically be because been
before behind being below besides between both briefly but by can certainly clearly coming could currently day days
definitely despite did do does doing done down during each early either eight eighteen eleven else enough especially
even eventually ever every everybody everyone everything exactly except fair few fewer fifteen fifty finally fine first
five for forty four from fully funny further generally get give given giving go going good got great had half has have
having he hence her here hers herself him himself his hmm honestly hopefully how however hundred i if i'd i'll i'm i've
immediately in indeed initially inside instead into is isn't it it's its itself just keep knowing last late later lately
least left less let let's like likely literally long look looking lots luckily made mainly make making many may maybe me
mean meanwhile might mine mm more moreover most mostly much must my myself naturally nearly needless neither never
nevertheless new next nine no nobody none nonetheless nor normally not nothing now nowadays obviously of off often oh ok
okay on once one ones only onto or originally other others otherwise our ours ourselves out outside over overall own
part partly people perhaps personally please possibly presumably pretty previously probably put quite rather really
recently remember right roughly said same say saying second see seeing seriously seven several shall she short should
similarly simply since six sixteen sixty small so some somebody somehow someone something sometimes somewhere soon sorry
sort still stop strangely such suddenly suppose sure surely take taking ten thank thanks that that's the their theirs
them themselves then there there's therefore these they they'd they'll they're they've thing things think thirteen
thirty this those though thousand three through throughout thus to today together tomorrow tonight too took toward
towards try trying turns twelve twenty twice two typically uh uhm ultimately um under understood unfortunately unless
unlike until up upon us usually very wait was wasn't way we we'd we'll we're we've well went were what what's whatever
when whenever where whereas wherever whether which while who whoever whole whose why will with within without wondering
work working would wow yeah year years yep yes yesterday yet you you'd you'll you're you've your yours yourself zero
"""

CAPITALS = """
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
october november december english christmas easter ai agi api apis llm llms ml nlp rlhf sql http https json html css gpu
gpus cpu cpus ram ui ux pr prs ceo cto cfo vp hr qa sla slo kpi okr pdf csv url id ids ok tv pc usb sms pin gdpr eu uk
us usa internet star
"""

ORDINARY: frozenset[str] = frozenset((BEGINNINGS + CAPITALS).split())
"""All of them, in small letters."""
