# glm of R on small tables, as JSON: average marginal effects by the delta method, and profile intervals.
suppressMessages(library(MASS))

tables <- list(
  list(
    family = "poisson", formula = "y ~ a + b",
    y = c(2, 3, 6, 7, 8, 9, 10, 12, 15, 4, 1, 0, 5, 11, 3, 2),
    a = c(0.1, 0.4, 1.1, 1.3, 1.6, 1.7, 1.9, 2.2, 2.4, 0.7, -0.3, -1.2, 0.9, 2.1, 0.2, -0.1),
    b = c(1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0)
  ),
  list(
    family = "binomial", formula = "y ~ a + b",
    y = c(0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1),
    a = c(0.1, 0.4, 1.1, 1.3, 1.6, 1.7, 0.2, 2.2, 2.4, 0.7, -0.3, -1.2, 0.9, 1.4, 0.3, -0.1),
    b = c(1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0)
  )
)

effects <- function(model, x) {
  eta <- as.vector(x %*% coef(model))
  mean <- model$family$linkinv(eta)
  slope <- model$family$mu.eta(eta)
  bend <- if (model$family$family == "poisson") mean else slope * (1 - 2 * mean)
  t(sapply(c("a", "b"), function(name) {
    beta <- coef(model)[[name]]
    gradient <- beta * colMeans(bend * x)
    gradient[name] <- gradient[name] + mean(slope)
    c(beta * mean(slope), sqrt(as.numeric(gradient %*% vcov(model) %*% gradient)))
  }))
}

numbers <- function(values) paste0("[", paste(format(as.vector(values), digits = 15), collapse = ","), "]")

of <- function(table) {
  data <- as.data.frame(table[c("y", "a", "b")])
  model <- glm(as.formula(table$formula), family = table$family, data = data, epsilon = 1e-14, maxit = 100)
  x <- model.matrix(model)
  found <- effects(model, x)
  profile <- profile(model, del = 0.05, maxsteps = 200)
  ends <- suppressMessages(confint(profile))
  paste0(
    "{\"family\":\"", table$family, "\",\"y\":", numbers(table$y), ",\"a\":", numbers(table$a),
    ",\"b\":", numbers(table$b), ",\"effects\":", numbers(t(found)), ",\"intervals\":", numbers(t(ends)), "}"
  )
}
cat("[", paste(sapply(tables, of), collapse = ",\n"), "]\n", sep = "")
