# Models of R on the samples of a folder, as JSON: one object per model, with its log-likelihood and, where R has them, its
# estimates and their standard errors. Rscript families.R FOLDER
suppressMessages({library(flexmix); library(MASS)})
folder <- commandArgs(trailingOnly = TRUE)[1]
table <- function(name) read.csv(file.path(folder, paste0(name, ".csv")))
number <- function(x) paste(format(as.numeric(x), digits = 15), collapse = ",")
object <- function(name, logLik, estimates = c(), errors = c())
  cat(sprintf("{\"name\":\"%s\",\"logLik\":%s,\"estimates\":[%s],\"errors\":[%s]}\n", name, number(logLik),
    if (length(estimates)) number(estimates) else "", if (length(errors)) number(errors) else ""))

# One expert.
one <- function(name, model, logLik = stats::logLik(model)) {
  s <- summary(model)$coefficients
  object(name, logLik, s[, 1], s[, 2])
}
d <- table("gaussian_k2_n500")
one("lm", lm(y ~ x + z, d))
d <- table("poisson_k2_n600")
one("glm poisson", glm(y ~ x + z + offset(offset), poisson, d, epsilon = 1e-14))
d <- table("binomial_k2_n800")
one("glm binomial", glm(cbind(y, trials - y) ~ x + z, binomial, d, epsilon = 1e-14))
d <- table("negativeBinomial_k2_n1000")
control <- glm.control(epsilon = 1e-12, maxit = 200)
m <- glm.nb(y ~ x + z, d, control = control)
object("glm.nb", m$twologlik / 2, c(coef(m), m$theta), c(summary(m)$coefficients[, 2], m$SE.theta))
d <- table("gamma_k2_n600")
m <- glm(y ~ x + z, Gamma("log"), d, epsilon = 1e-14)
shape <- gamma.shape(m, it.lim = 100, eps.max = 1e-12)
v <- summary(m, dispersion = 1 / shape$alpha)$coefficients
object("glm Gamma", sum(dgamma(d$y, shape$alpha, shape$alpha / fitted(m), log = TRUE)), c(v[, 1], shape$alpha), c(v[, 2], shape$SE))
if (requireNamespace("survival", quietly = TRUE)) {
  d <- table("studentT4_k2_n600")
  m <- survival::survreg(survival::Surv(y) ~ x + z, d, dist = "t", parms = 4,
    control = survival::survreg.control(rel.tolerance = 1e-13, maxiter = 100))
  object("survreg t", m$loglik[2], c(coef(m), m$scale), sqrt(diag(vcov(m)))[1:3])
}
if (requireNamespace("quantreg", quietly = TRUE)) {
  d <- table("studentT4_k2_n600")
  m <- quantreg::rq(y ~ x + z, 0.5, d)
  s <- summary(m, se = "ker")$coefficients
  object("rq", as.numeric(logLik(m)), s[, 1], s[, 2])
}

# Mixtures: the best of a few runs, of those that kept all components.
mixture <- function(name, k, formula, data, model, gate, runs = 1, errors = FALSE) {
  best <- NULL
  set.seed(1)
  for (run in seq_len(runs)) {
    m <- try(flexmix(formula, data = data, k = k, model = model, concomitant = gate,
      control = list(tolerance = 1e-9, iter.max = 1000, minprior = 0)), silent = TRUE)
    if (!inherits(m, "try-error") && m@k == k && (is.null(best) || logLik(m) > logLik(best))) best <- m
  }
  if (is.null(best)) return(object(name, -Inf))
  if (!errors) return(object(name, logLik(best), parameters(best)))
  # The slopes, which tell the components apart.
  fit <- refit(best)@components[[1]]
  slopes <- sapply(fit, function(each) each["x", 1:2])
  object(name, logLik(best), slopes[1, ], slopes[2, ])
}
z <- FLXPmultinom(~ z)
mixture("gaussian", 2, y ~ x, table("gaussian_k2_n500"), FLXMRglm(), z)
mixture("gaussian in groups", 2, y ~ x | id, table("gaussian_k2_n600_grouped"), FLXMRglm(), z)
mixture("three gaussian", 3, y ~ x, table("gaussian_k3_n900"), FLXMRglm(), z)
d <- table("poisson_k2_n600")
mixture("poisson", 2, y ~ x, d, FLXMRglm(family = "poisson", offset = d$offset), z, errors = TRUE)
d <- table("poisson_k2_n640_grouped")
mixture("poisson in groups", 2, y ~ x | id, d, FLXMRglm(family = "poisson", offset = d$offset), z, errors = TRUE)
d <- table("poisson_k3_n1200")
mixture("three poisson", 3, y ~ x, d, FLXMRglm(family = "poisson", offset = d$offset), z)
mixture("binomial", 2, cbind(y, trials - y) ~ x, table("binomial_k2_n800"), FLXMRglm(family = "binomial"), z, errors = TRUE)
# Its link is the inverse: of a constant the same model. Its shape is that of the deviance, and no maximum.
mixture("gamma", 2, y ~ 1, table("gamma_k2_n600"), FLXMRglm(family = "Gamma"), z)
mixture("equal slopes and deviations", 2, y ~ 1, table("gaussian_k2_n500"), FLXMRglmfix(fixed = ~ x, varFix = TRUE), z)
d <- table("poisson_k2_n600")
mixture("equal slopes of poisson", 2, y ~ 1, d, FLXMRglmfix(family = "poisson", fixed = ~ x, offset = d$offset), z)
mixture("equal intercepts", 2, y ~ 0 + x, table("gaussian_k2_n500"), FLXMRglmfix(fixed = ~ 1), FLXPconstant())
mixture("constant weights of binomial", 2, cbind(y, trials - y) ~ x, table("binomial_k2_n800"), FLXMRglm(family = "binomial"), FLXPconstant())
