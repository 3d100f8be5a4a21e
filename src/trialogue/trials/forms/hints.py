"""What the plan's pages say beside a field: an example from a real trial where one helps."""

from typing import Any

CATALOGUE = (
    "An outcome from the catalogue can be added up with other trials. What you leave empty below "
    "is filled in from it."
)
HINTS = {
    "question.title": "Say what you try and what it should change. 80 characters at most, like "
    "“An evening text, so that fewer bulky collections are missed”.",
    "question.summary": "What a resident should know, in 120 words at most.",
    "question.problem": "What happens now, and to whom? Give figures where you have them.",
    "question.other.names": "What might somebody else call it? One to three, one a line. They "
    "help others to find it.",
    "question.replication.of": "The EC- number of a trial that you repeat, if you do.",
    "arms.usual.practice": "What people get today.",
    "arms.cost.per": "What the cost of a group is for, like “household” or “street”.",
    "arms.list.name": "A few words that say what it is, like “Evening text”.",
    "arms.list.description": "Enough for another council to do the same.",
    "arms.list.share": "1 for each group, unless one should be larger.",
    "arms.list.cost.pence": "For one, above nothing. Leave it empty if you do not know.",
    "arms.whose.hours": "Like “benefit officers”. Leave it empty if no hours are saved or spent.",
    "arms.a.month": "How many of them the service sees in a month. With it the result says the "
    "pounds and hours released a month.",
    "arms.list.set.up.pence": "What it takes to begin, once. Leave it empty if nothing.",
    "arms.list.hours": "Hours that one takes, like 0.25. Give it for usual service too.",
    "arms.list.council.pence": "You need not say who pays. If you do, say it for every group; "
    "the parts add up to its cost.",
    "arms.correction": "With several new groups a chance finding is likelier.",
    "unit.placed": "The smallest thing that chance can place, like “street” or “household”.",
    "unit.measured": "What one row of your outcomes is about: “home”, “person”, or the same.",
    "unit.clustered": "Yes where you place streets and measure the homes in them.",
    "unit.placed.plural": "Like “streets” or “households”.",
    "unit.measured.plural": "Like “homes” or “people”.",
    "unit.eligibility": "Who is in and who is not, like “Homes that booked a bulky collection”.",
    "unit.setting": "Like “Three wards, by text message”.",
    "unit.service": "A word or two, like “street care” or “benefits”.",
    "unit.gss.code": "Leave it empty if you do not know it.",
    "strata.by": "Columns of your list by which groups are made alike, like “ward”. One a line.",
    "strata.method": "Choose “Placed elsewhere” if the list already says who got what.",
    "strata.block": "0, unless you chose blocks.",
    "strata.blocks": "Only for a trial placed elsewhere within blocks: the column that names "
    "them. Leave it empty if none.",
    "strata.drawn.by": "Only for a trial placed elsewhere.",
    "strata.drawn.how": "Only for a trial placed elsewhere.",
    "outcomes.primary.name": "For yes or no, say what people did: “Missed a collection”.",
    "outcomes.primary.code": CATALOGUE,
    "outcomes.secondary.code": CATALOGUE,
    "outcomes.guardrails.code": CATALOGUE,
    "outcomes.primary.unit": "What you count or ask, like “household” or “street”.",
    "outcomes.secondary.unit": "What you count or ask, like “household” or “street”.",
    "outcomes.guardrails.unit": "What you count or ask, like “household” or “street”.",
    "outcomes.primary.when": "Like “on the day of the collection” or “90 days after the letter”.",
    "outcomes.secondary.when": "Like “on the day of the collection”.",
    "outcomes.primary.source": "Like “the crew's round sheet”. The same for every group.",
    "outcomes.secondary.source": "Like “the crew's round sheet”. The same for every group.",
    "outcomes.secondary.name": "Leave it empty if you measure nothing else.",
    "outcomes.guardrails.name": "What must not get worse, like “Complained”.",
    "outcomes.primary.judged.blind": "Yes if whoever counts or scores it does not know who got "
    "what.",
    "outcomes.primary.smallest.change": "Above 0, in the outcome's own unit. For yes or no, 5 in "
    "100 is 5% or 0.05.",
    "outcomes.guardrails.limit": "How much worse than usual service is too much? 1 in 100 is 1%.",
    "outcomes.primary.lowest": "Only for a score or an amount with an end, like 3. Lower values "
    "are refused.",
    "outcomes.primary.highest": "Only for a score or an amount with an end, like 9. Higher values "
    "are refused.",
    "outcomes.secondary.lowest": "Only for a score or an amount with an end.",
    "outcomes.secondary.highest": "Only for a score or an amount with an end.",
    "outcomes.guardrails.lowest": "Only for a score or an amount with an end.",
    "outcomes.guardrails.highest": "Only for a score or an amount with an end.",
    "outcomes.covariates.name": "A column of your list, known before the start.",
    "outcomes.subgroups.column": "Something that makes groups alike, or a category known before "
    "the start.",
    "outcomes.subgroups.why": "Only what is said here, before the start, is looked at.",
    "size.baseline": "With usual service. A share may be typed as 20%.",
    "size.effect": "The difference you want to be able to find: −9% is 9 fewer in 100.",
    "size.sd": "Only for an amount or a score: the standard deviation between people.",
    "size.icc": "The intraclass correlation. 0.05 is common for neighbours. Leave it empty when "
    "each is placed by itself.",
    "size.between.cv": "Only for counts.",
    "size.clusters.per.arm": "With usual service; other groups follow by their shares. At "
    "each step, when some start later than others.",
    "size.cluster.size": "1 when each is placed by itself.",
    "size.cluster.size.cv": "0 when all are the same size.",
    "size.r2": "0 if you do not know.",
    "size.lost.allowed": "A share may be typed as 10%.",
    "people.residents": "What they would have to do, and why they would want to.",
    "people.staff": "What they would have to do, and why they would want to.",
    "people.partner": "What they would have to do, and why they would want to.",
    "dates.recorded": "“Afterwards” is for a trial that has started or ended. Everything about "
    "it will say so.",
    "dates.registered.elsewhere": "Leave it empty if it is on no other register.",
    "dates.start": "The day when the first gets something new.",
    "dates.end": "The last day that counts. Effects stay closed until then.",
    "dates.steps.starts": "Chance decides who starts when. Everybody is measured before the first "
    "step, between steps and after the last.",
    "dates.waves.name": "Like “First week” or “Main”.",
    "delivery.what": "Enough for another council to do the same, like “A text at 6pm the evening "
    "before, with the day and what to put out”.",
    "delivery.who": "Like “The booking team”.",
    "delivery.where": "Like “At home, by text message”.",
    "delivery.how.often": "Like “Once for each collection”.",
    "delivery.how.long": "Like “Twelve weeks”.",
    "delivery.tailoring": "Like “The language of the text”, or “Nothing”.",
    "decision.worked": "Like “Send the text for every collection”.",
    "decision.helped": "Like “Send it if it costs less than a missed collection”.",
    "decision.no.difference": "Like “Stop, and spend the money elsewhere”.",
    "decision.worse": "Like “Stop at once”.",
    "decision.too.small": "Like “Run it on, with twice as many”.",
    "risks.risks": "What might go wrong, and for whom?",
    "risks.stopping": "Like “If more than 3 in 100 complain”.",
    "risks.equality": "Who might gain less or be left out, and what you do about it.",
    "risks.ethics": "Who looked at it, and what they said.",
    "data_protection.basis": "Like “Public task, UK GDPR article 6(1)(e)”.",
    "data_protection.what": "Like “A code and whether the collection was missed. No names.”",
    "data_protection.how.long": "Like “Two years after the result”.",
    "data_protection.assessment": "Like “Done on 3 February 2027”, or why none is needed.",
    "decision.who": "A post, not a name.",
    "risks.looks": "How many times the safety person may look at harm by group, 0 to 2.",
    "risks.safety.person": "A post, not a name, and not the lead's.",
    "team.owner.role": "A post, not a name: it stays when people leave.",
    "team.contact": "An address that is read when you are away.",
}

# Rows of a box for more than a line.
LONG = {
    "question.summary": 6,
    "question.problem": 5,
    "question.other.names": 3,
    "arms.usual.practice": 3,
    "arms.list.description": 3,
    "unit.eligibility": 3,
    "strata.by": 3,
    "delivery.what": 4,
}

# Empty rows to begin with.
BLANK_ROWS = {
    "arms.list": 2,
    "outcomes.secondary": 1,
    "outcomes.guardrails": 1,
    "outcomes.covariates": 1,
    "outcomes.subgroups": 1,
    "dates.waves": 1,
    "dates.steps": 2,
}

# What a first visit shows already filled in, where one answer is the usual one.
DEFAULTS: dict[str, dict[str, Any]] = {
    "arms": {"correction": "holm"},
    "strata": {"method": "complete", "block": 0},
    "size": {"cluster_size": 1, "cluster_size_cv": 0, "r2": 0, "lost_allowed": 0.1},
    "dates": {"recorded": "before"},
    "risks": {"looks": 0},
}

ENUM_WORDS = {
    "holm": "Holm's method: the usual choice",
    "maxt": "The largest difference by re-draw (max-T)",
    "none": "No allowance",
    "complete": "Placed by chance, equal numbers in each stratum (complete)",
    "blocked": "Placed by chance in blocks, for people who join over time (blocked)",
    "simple": "Placed by chance, each by itself (simple)",
    "elsewhere": "Placed elsewhere: the list already says who got what",
    "binary": "Yes or no",
    "count": "A count: how many times",
    "continuous": "An amount or a score",
    "higher": "Higher is better",
    "lower": "Lower is better",
    "before": "Before the start",
    "afterwards": "Afterwards",
}
