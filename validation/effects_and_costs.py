"""What difference did it make, and was it worth it? Against R."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from trialogue.methods import costs, effects
from validation.figures import Comparison, Figure
from validation.published import answers, random_trial, trial

CLUBSANDWICH = "R clubSandwich 0.5.8"
RANGE = ("estimate", "se", "df", "p", "ci_low", "ci_high")
STREETS = (  # key, outcome, strata, covariates
    ("streets_score", "score", (), ()),
    ("streets_score_ward", "score", ("ward",), ()),
    ("streets_score_adj", "score", ("ward",), ("baseline", "tenure")),
    ("streets_reported_ward", "reported", ("ward",), ()),
    ("streets_calls_ward", "calls", ("ward",), ()),
)


def figures() -> Iterator[Figure]:
    """Every figure of the planned analysis, of re-randomisation and of costs."""
    yield from planned_analysis()
    yield from trials_of_many_shapes()
    yield from other_models()
    yield from re_randomisation()
    yield from missing_and_checks()
    yield from worth()
    yield from subgroups()
    yield from corrections()


def planned_analysis() -> Iterator[Figure]:
    """CR2, Satterthwaite, HTZ and Holm on the trials of `make_expected.R`."""
    expected = answers("expected")
    compare = Comparison("planned analysis: CR2, Satterthwaite, HTZ", CLUBSANDWICH)
    for key, outcome, strata, covariates in STREETS:
        data = trial("streets", outcome, cluster="street", strata=strata, covariates=covariates)
        analysis = _analyse(data, "control")
        yield from compare.of(key, _columns(analysis), _shown(expected[key]["CR2"]))
        theirs = expected[key]["joint"]
        yield from compare.of(
            f"{key} joint", _joint(analysis), [theirs[x] for x in ("F", "df2", "p")]
        )
    for key, name, outcome, control, more in (
        ("pairs", "pairs", "y", "control", {"cluster": "school", "strata": ("pair",)}),
        ("homes", "homes", "after", "usual", {}),
        ("homes_adj", "homes", "after", "usual", {"strata": ("site",), "covariates": ("before",)}),
        ("anorexia", "anorexia", "after", "Cont", {"covariates": ("before",)}),
    ):
        analysis = _analyse(trial(name, outcome, **more), control)
        yield from compare.of(key, _columns(analysis), _shown(expected[key]))
    holm = Comparison("Holm's correction", "base R")
    adjusted = [row.p_adjusted for row in analysis.effects]
    yield from holm.of("anorexia", adjusted, expected["anorexia_holm"])


def trials_of_many_shapes() -> Iterator[Figure]:
    """The same on fifteen random trials, by clusters and one by one: `make_random.R`."""
    compare = Comparison("planned analysis: CR2, Satterthwaite, HTZ", CLUBSANDWICH)
    for number, made in enumerate(answers("random")["trials"], start=1):
        columns = made["columns"]
        plain = random_trial(columns, clustered=made["clustered"])
        for answer in made["answers"]:
            data = replace(
                plain,
                strata=(np.array(columns["ward"], dtype=str),) if answer["strata"] else (),
                covariates={"before": np.array(columns["before"])} if answer["covariate"] else {},
            )
            analysis = _analyse(data, "arm1")
            name = f"random trial {number}"
            yield from compare.of(name, _columns(analysis), _shown(answer))
            if joint := answer.get("joint"):
                theirs = [joint[key] for key in ("f", "df2", "p")]
                yield from compare.of(f"{name} joint", _joint(analysis), theirs)


def other_models() -> Iterator[Figure]:
    """Lin's adjustment by estimatr; with equal clusters, the mixed model of lme4."""
    expected, random = answers("expected"), answers("random")
    compare = Comparison("Lin's adjustment, CR2", "R estimatr 1.0.0")
    lin = ("estimate", "se", "df")
    data = trial("streets", "score", cluster="street", covariates=("baseline",))
    ours = _columns(_analyse(data, "control", adjust="lin"), lin)
    yield from compare.of("streets", ours, _shown(expected["streets_lin"], lin))
    for answer in random["lin"]:
        columns = random["trials"][answer["trial"] - 1]["columns"]
        data = replace(random_trial(columns), covariates={"before": np.array(columns["before"])})
        ours = _columns(_analyse(data, "arm1", adjust="lin"), lin)
        yield from compare.of(f"random trial {answer['trial']}", ours, _shown(answer, lin))
    mixed = random["mixed"]
    analysis = _analyse(random_trial(mixed["columns"]), "arm1")
    # lme4 stops its search at about six digits.
    compare = Comparison("equal clusters: the random-intercept model", "R lme4 1.1-31", 1e-5)
    yield from compare.of("estimate", analysis.effects[0].effect.estimate, mixed["estimate"])
    yield from compare.of("se", analysis.effects[0].effect.se, mixed["se"])
    yield from compare.of("icc", analysis.icc, mixed["icc"])


def re_randomisation() -> Iterator[Figure]:
    """Exact p by enumeration in base R and by coin's shift algorithm."""
    expected = answers("expected")
    compare = Comparison("re-randomisation, exact", "base R, every allocation", 1e-12)
    for statistic, key in (("t", "p_t"), ("difference", "p_difference")):
        ours = _redrawn(trial("tiny", "y"), "control", statistic)
        yield from compare.of(f"tiny {key}", ours, expected["tiny"][key])
        within_wards = trial(
            *("streets", "score"),
            cluster="street",
            blocks="ward",
            where=lambda table: np.array(table.text("arm")) != "letter",
        )
        ours = _redrawn(within_wards, "control", statistic)
        yield from compare.of(f"streets {key}", ours, expected["streets_exact"][key])
    coin = answers("random")["exact"]
    ours = _redrawn(random_trial(coin["columns"], clustered=False), "arm1", "difference")
    yield from Comparison("re-randomisation, exact", "R coin 1.4-2", 1e-9).of("p", ours, coin["p"])


def missing_and_checks() -> Iterator[Figure]:
    """Lee's bounds, the sample ratio and the ICC in base R."""
    expected = answers("expected")
    homes = trial("homes", "after", covariates=("before",))
    lost = (homes.arm == "usual") & (homes.covariates["before"] < 17)
    bounds = effects.lee_bounds(
        np.where(lost, np.nan, homes.outcome), homes.arm == "new", homes.arm == "usual"
    )
    theirs = expected["homes_lee"]
    compare = Comparison("Lee's bounds", "base R")
    ours = [bounds.low, bounds.high, bounds.k, bounds.trim]
    yield from compare.of("homes", ours, [theirs[key] for key in ("low", "high", "k", "trim")])
    ratio = expected["sample_ratio"]
    compare = Comparison("sample ratio, χ²", "base R chisq.test")
    yield from compare.of("p", effects.sample_ratio(ratio["counts"], [1, 1]), ratio["p"])
    analysis = _analyse(trial("streets", "score", cluster="street"), "control")
    compare = Comparison("ICC by analysis of variance", "base R anova")
    yield from compare.of("streets", analysis.icc, expected["streets_icc"]["icc"])


def worth() -> Iterator[Figure]:
    """Fieller's range and net benefit, in base R on clubSandwich's and Neyman's variances."""
    expected = answers("expected")
    compare = Comparison("cost per outcome, net benefit", "base R on clubSandwich's variances")
    streets = trial("streets", "score", cluster="street", cost="cost")
    found = _costs(streets, effects.Rule("control", values=(5.0,)), "visit")
    yield from compare.of("streets", found, _worth(expected["streets_cost"], "_at_5"))
    family = trial("anorexia", "after", cost="cost")
    found = _costs(family, effects.Rule("Cont", values=(20.0,)), "FT")
    compare = replace(compare, peer="base R on Neyman's variances")
    yield from compare.of("anorexia", found, _worth(expected["anorexia_cost_FT"]))


def subgroups() -> Iterator[Figure]:
    """Arm × subgroup, clubSandwich: `make_further.R`."""
    compare = Comparison("registered subgroups: CR2, HTZ of the interactions", CLUBSANDWICH)
    streets = trial(
        "streets", "score", cluster="street", strata=("ward",), covariates=("baseline",)
    )
    homes = trial("homes", "after", covariates=("before",))
    sites = trial("homes", "after", strata=("site",)).strata[0]
    for key, data, control, values in (
        ("streets_by_tenure", streets, "control", trial("streets", "score", strata=("tenure",))),
        ("streets_by_ward", streets, "control", trial("streets", "score", strata=("ward",))),
        ("homes_by_site_A", homes, "usual", np.where(sites == "A", "A", "other")),
    ):
        level = values if isinstance(values, np.ndarray) else values.strata[0]
        (found,) = effects.subgroup_effects(data, effects.Rule(control=control), {"by": level})
        theirs = answers("further")[key]
        # R's terms stand value by value, ours arm by arm.
        ours = sorted(found.interactions, key=lambda each: (each.level, each.arm))
        for name in ("estimate", "se", "df", "ci_low", "ci_high"):
            yield from compare.of(
                f"{key} {name}",
                [getattr(each, name) for each in ours],
                np.atleast_1d(theirs[name]).tolist(),
            )
        yield from compare.of(f"{key} p", found.p, theirs["p"])


def corrections() -> Iterator[Figure]:
    """Several p's: base R; Dunnett's single-step and step-down p's: multcomp."""
    further = answers("further")
    compare = Comparison("corrections for several comparisons", "base R p.adjust")
    methods = {
        "bonferroni": effects.bonferroni,
        "holm": effects.holm,
        "hochberg": effects.hochberg,
        "hommel": effects.hommel,
        "BH": effects.benjamini_hochberg,
        "BY": effects.benjamini_yekutieli,
    }
    for case, theirs in further["adjusted"].items():
        for name, correct in methods.items():
            ours = correct(np.atleast_1d(theirs["p"]).tolist())
            yield from compare.of(f"{case} {name}", ours, np.atleast_1d(theirs[name]).tolist())
    feeds = further["chickwts_dunnett"]
    chicks = effects.Data(np.array(feeds["outcome"], dtype=float), np.array(feeds["arm"]))
    # multcomp integrates by simulation.
    compare = Comparison("Dunnett's test", "R multcomp 1.4-22", 5e-4, absolute=True)
    for name, data, control, theirs in (
        ("anorexia", trial("anorexia", "after"), "Cont", further["anorexia_dunnett"]),
        ("chickwts", chicks, "linseed", feeds),
    ):
        found = effects.dunnett(data, effects.Rule(control=control))
        yield from compare.of(f"{name} single-step", [x.p for x in found], theirs["single"])
        yield from compare.of(f"{name} step-down", [x.p_stepped for x in found], theirs["free"])


def _analyse(data: effects.Data, control: str, **rule: Any) -> effects.Analysis:
    return effects.analyse(data, effects.Rule(control=control, permutations=0, **rule), seed=1)


def _redrawn(data: effects.Data, control: str, statistic: Any) -> float | None:
    rule = effects.Rule(control=control, statistic=statistic)
    return effects.analyse(data, rule, seed=1).effects[0].p_permutation


def _columns(
    analysis: effects.Analysis, keys: tuple[str, ...] = RANGE
) -> dict[str, list[float | None]]:
    return {key: [getattr(row.effect, key) for row in analysis.effects] for key in keys}


def _shown(answer: dict[str, Any], keys: tuple[str, ...] = RANGE) -> dict[str, list[float]]:
    return {key: list(np.atleast_1d(answer[key])) for key in keys}


def _joint(analysis: effects.Analysis) -> list[float | None]:
    return [analysis.joint.f, analysis.joint.df2, analysis.joint.p]


def _costs(data: effects.Data, rule: effects.Rule, arm: str) -> list[float | None]:
    found = next(row for row in costs.arm_costs(data, rule) if row.arm == arm)
    net = found.net_benefit[0]
    ratio = [found.cost_per_outcome, found.ratio_low, found.ratio_high]
    return [found.effect, found.cost, *ratio, net.estimate, net.se]


def _worth(answer: dict[str, Any], at: str = "") -> list[float | None]:
    net = (f"net_benefit{at}", f"net_benefit_se{at}")
    keys = ("effect", "cost", "ratio", "ratio_low", "ratio_high", *net)
    return [answer[key] for key in keys]
