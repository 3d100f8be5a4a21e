# Makes random.json: trials of many shapes, with their answers. Run here: Rscript make_random.R
# Debian 12 packages only: r-base-core r-cran-clubsandwich r-cran-estimatr r-cran-lme4 r-cran-coin r-cran-jsonlite
suppressPackageStartupMessages({library(clubSandwich); library(estimatr); library(lme4); library(coin); library(jsonlite)})
RNGversion("4.2.0"); set.seed(20270203)

# One trial: K arms of J clusters each or unequal, wards as strata, a covariate, an outcome of a kind.
trial <- function(K, J, size, kind, wards) {
  clusters <- if (length(J) == 1) rep(J, K) else J
  arm <- unlist(lapply(seq_len(K), function(a) rep(paste0("arm", a), clusters[a])))
  G <- length(arm); ward <- paste0("W", rep(seq_len(wards), length.out = G))
  n <- if (size == 1) rep(1, G) else pmax(1, rnbinom(G, size = 2, mu = size))
  u <- rnorm(G, 0, .5); id <- rep(seq_len(G), n); N <- length(id)
  before <- round(rnorm(N, 20, 4) + 2 * u[id], 2)
  lift <- .4 * (match(arm[id], paste0("arm", seq_len(K))) - 1)
  y <- switch(kind,
    continuous = round(50 + 8 * (u[id] + lift + .05 * (before - 20) + rnorm(N)), 2),
    binary = rbinom(N, 1, plogis(-.8 + u[id] + lift)),
    count = rpois(N, exp(.3 + .5 * u[id] + .3 * lift)))
  data.frame(cluster = sprintf("C%02d", id), arm = arm[id], ward = ward[id], before = before, y = y)
}

# clubSandwich: CR2, Satterthwaite, HTZ.
planned <- function(d, rhs) {
  f <- lm(as.formula(paste("y ~", rhs)), data = d)
  i <- grep("^arm", names(coef(f)))
  a <- coef_test(f, vcov = "CR2", cluster = d$cluster, test = "Satterthwaite")
  ci <- conf_int(f, vcov = "CR2", cluster = d$cluster)
  o <- list(estimate = a$beta[i], se = a$SE[i], df = a$df_Satt[i], p = a$p_Satt[i],
            ci_low = ci$CI_L[i], ci_high = ci$CI_U[i])
  if (length(i) > 1) {
    w <- Wald_test(f, constraints = constrain_zero(i), vcov = "CR2", cluster = d$cluster, test = "HTZ")
    if (is.finite(w$Fstat) && w$df_denom > 0) o$joint <- list(f = w$Fstat, df2 = w$df_denom, p = w$p_val)
  }
  o
}

shapes <- list(
  list(2, 4, 8, "continuous", 1), list(2, 6, 12, "binary", 1), list(2, 6, 5, "count", 2),
  list(2, c(5, 10), 9, "continuous", 1), list(2, c(12, 4), 6, "binary", 2), list(3, 5, 7, "continuous", 1),
  list(3, 6, 10, "continuous", 3), list(3, c(4, 8, 6), 8, "binary", 1), list(4, 6, 6, "continuous", 2),
  list(4, 7, 5, "count", 1), list(5, 6, 5, "binary", 1), list(2, 30, 1, "continuous", 1),
  list(2, c(20, 40), 1, "continuous", 2), list(3, 25, 1, "binary", 1), list(2, 15, 4, "continuous", 5))
trials <- lapply(shapes, function(s) {
  d <- do.call(trial, s); wards <- s[[5]]
  rhs <- c("arm", if (wards > 1) "arm + ward", if (wards > 1) "arm + ward + before" else "arm + before")
  answers <- lapply(rhs, function(r) c(list(strata = grepl("ward", r), covariate = grepl("before", r)), planned(d, r)))
  list(kind = s[[4]], clustered = s[[3]] > 1, columns = as.list(d), answers = answers)
})

# estimatr: Lin's adjustment with CR2.
lin <- lapply(c(1, 4, 15), function(i) {
  d <- as.data.frame(trials[[i]]$columns)
  l <- lm_lin(y ~ arm, covariates = ~ before, data = d, clusters = cluster, se_type = "CR2")
  list(trial = i, estimate = l$coefficients[[2]], se = l$std.error[[2]], df = l$df[[2]])
})

# lme4: with equal clusters the planned analysis is the mixed model, and the ICC its share.
b <- data.frame(cluster = sprintf("C%02d", rep(1:16, each = 9)), arm = rep(c("arm1", "arm2"), each = 72))
b$y <- round(30 + rep(rnorm(16, 0, 2), each = 9) + 1.5 * (b$arm == "arm2") + rnorm(144, 0, 4), 3)
m <- lmer(y ~ arm + (1 | cluster), b, control = lmerControl(optCtrl = list(rhoend = 1e-12)))
v <- as.data.frame(VarCorr(m))$vcov
mixed <- list(columns = as.list(b), estimate = fixef(m)[[2]], se = sqrt(vcov(m)[2, 2]), icc = v[1] / sum(v))

# coin: the exact p of a difference in means.
e <- data.frame(arm = rep(c("arm1", "arm2"), c(9, 8)), y = c(12, 15, 9, 20, 14, 11, 17, 13, 16, 19, 22, 15, 24, 18, 21, 14, 26))
exact <- list(columns = as.list(e), p = as.numeric(pvalue(oneway_test(y ~ factor(arm), e, distribution = exact()))))

versions <- as.list(sapply(c("clubSandwich", "estimatr", "lme4", "coin"), function(p) as.character(packageVersion(p))))
versions$R <- R.version.string
write(toJSON(list(trials = trials, lin = lin, mixed = mixed, exact = exact, versions = versions),
             digits = 14, auto_unbox = TRUE, na = "null"), "random.json")
