# Fits of flexmix to some tables, as JSON: for each table its rows and the best log-likelihood of a few runs.
# Rscript flexmix.R [name=path/to/table.csv ...]: more tables, inputs first, the response last.
suppressMessages(library(flexmix))
set.seed(1)

simulated <- function(n, k, d) {
  x <- matrix(rnorm(n * d), n)
  e <- sample(k, n, replace = TRUE, prob = NULL)
  gate <- sapply(seq_len(k), function(j) 2 * x[, 1] * (j - 1) - (j - 1)^2 / 2 + rnorm(n))
  e <- max.col(gate)
  y <- 3 * cos(2 * e) + rowSums(x) * sin(3 * e) + rnorm(n, sd = 0.3 + 0.1 * e)
  data.frame(x, y = y)
}

data("NPreg", package = "flexmix")
tables <- list(
  NPreg = list(data = data.frame(x = NPreg$x, x2 = NPreg$x^2, y = NPreg$yn), k = 2),
  faithful = list(data = data.frame(x = faithful$waiting, y = faithful$eruptions), k = 2),
  quakes = list(data = data.frame(x1 = quakes$depth, x2 = quakes$stations, y = quakes$mag)[seq(1, 1000, 4), ], k = 2),
  two = list(data = simulated(300, 2, 1), k = 2),
  three = list(data = simulated(300, 3, 2), k = 3)
)
for (argument in commandArgs(trailingOnly = TRUE)) {
  part <- strsplit(argument, "=")[[1]]
  tables[[part[1]]] <- list(data = read.csv(part[2]), k = 2)
}

fitted <- function(name) {
  table <- tables[[name]]$data
  k <- tables[[name]]$k
  names(table)[ncol(table)] <- "y"
  right <- paste(setdiff(names(table), "y"), collapse = " + ")
  best <- -Inf
  # flexmix drops components that become small: only runs that kept all count.
  for (run in 1:3) {
    model <- try(flexmix(as.formula(paste("y ~", right)), data = table, k = k,
      concomitant = FLXPmultinom(as.formula(paste("~", right))),
      control = list(tolerance = 1e-8, iter.max = 500, minprior = 0)), silent = TRUE)
    if (!inherits(model, "try-error") && model@k == k) best <- max(best, as.numeric(logLik(model)))
  }
  rows <- apply(as.matrix(table), 1, function(row) paste0("[", paste(format(row, digits = 17), collapse = ","), "]"))
  sprintf("{\"name\":\"%s\",\"experts\":%d,\"logLik\":%s,\"rows\":[%s]}", name, k, format(best, digits = 15), paste(rows, collapse = ","))
}
cat("[", paste(sapply(names(tables), fitted), collapse = ",\n"), "]\n", sep = "")
