# glmnet on the tables of a folder: a line per case of cases.csv with its intercept and slopes. Rscript glmnet.R FOLDER
suppressMessages(library(glmnet))
folder <- commandArgs(trailingOnly = TRUE)[1]
cases <- read.csv(file.path(folder, "cases.csv"))
for (i in seq_len(nrow(cases))) {
  of <- cases[i, ]
  table <- read.csv(file.path(folder, paste0(of$family, ".csv")))
  fit <- glmnet(as.matrix(table[, -1]), table$y, family = of$family, lambda = of$lambda, alpha = of$alpha,
    thresh = 1e-20, maxit = 1e6)
  cat(format(as.numeric(coef(fit)), digits = 17), "\n")
}
