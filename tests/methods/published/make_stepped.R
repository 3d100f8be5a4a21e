# Makes stepped.json of docs/examples/steps.csv. Run in this folder: Rscript make_stepped.R
# Debian 12 packages only: r-base-core r-cran-clubsandwich r-cran-jsonlite
suppressPackageStartupMessages({library(clubSandwich); library(jsonlite)})
d <- read.csv("../../../docs/examples/steps.csv")
d$z <- as.integer(d$arm == "visits")
d <- d[!is.na(d$loneliness), ]
figures <- function(formula) {
  fit <- lm(formula, d)
  test <- coef_test(fit, vcov = "CR2", cluster = d$area, test = "Satterthwaite")
  range <- conf_int(fit, vcov = "CR2", cluster = d$area)
  i <- match("z", names(coef(fit)))
  list(estimate = test$beta[i], se = test$SE[i], df = test$df_Satt[i], p = test$p_Satt[i],
       ci_low = range$CI_L[i], ci_high = range$CI_U[i])
}

# Every order in which the areas could have started, two at each of four steps.
areas <- sort(unique(d$area))
first <- sapply(areas, function(a) min(d$wave[d$area == a & d$z == 1]))
orders <- function(left) {
  if (!sum(left)) return(matrix(integer(0), 1, 0))
  do.call(rbind, lapply(which(left > 0), function(s) {
    rest <- left; rest[s] <- rest[s] - 1
    cbind(as.integer(names(left)[s]), orders(rest))
  }))
}
every <- orders(table(first))
statistics <- function(starts) {
  d$z <- as.integer(d$wave >= starts[match(d$area, areas)])
  fit <- lm(loneliness ~ z + area + factor(wave), d)
  left <- resid(lm(z ~ area + factor(wave), d))  # what z has beside areas and waves
  score <- tapply(left * resid(fit), d$area, sum)
  c(coef(fit)[["z"]], coef(fit)[["z"]] * sum(left^2) / sqrt(sum(score^2)))
}
found <- apply(every, 1, statistics)
here <- statistics(first)
share <- function(k) mean(abs(found[k, ]) >= abs(here[k]) - 1e-9)
write_json(list(
  plain = figures(loneliness ~ z + area + factor(wave)),
  age = figures(loneliness ~ z + area + factor(wave) + age),
  order = list(orders = nrow(every), p_difference = share(1), p_t = share(2))
), "stepped.json", auto_unbox = TRUE, digits = NA, pretty = TRUE)
