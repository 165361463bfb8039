# What R's model.matrix makes of the formulas in formulas.txt: of the table that they are read at, and of new rows.
library(splines)
folder <- commandArgs(trailingOnly = TRUE)[1]
table <- function(name) read.csv(file.path(folder, name), check.names = FALSE, stringsAsFactors = TRUE)
old <- table("old.csv")
new <- table("new.csv")
quoted <- function(x) paste0("[", paste0("\"", gsub("\"", "\\\\\"", x), "\"", collapse = ","), "]")
listed <- function(x) paste0("[", paste0(sprintf("%.14g", x), collapse = ","), "]")
matrixText <- function(x) paste0("[", paste0(apply(x, 1, listed), collapse = ","), "]")
one <- function(text) {
  frame <- model.frame(as.formula(text), old)
  terms <- attr(frame, "terms")
  first <- model.matrix(terms, frame)
  again <- suppressWarnings(model.frame(terms, new, xlev = .getXlevels(terms, frame)))
  second <- suppressWarnings(model.matrix(terms, again))
  paste0("{\"formula\":\"", gsub("\"", "\\\\\"", text), "\",\"names\":", quoted(colnames(first)),
    ",\"old\":", matrixText(first), ",\"new\":", matrixText(second), "}")
}
cat("[", paste0(sapply(readLines(file.path(folder, "formulas.txt")), one), collapse = ",\n"), "]\n", sep = "")
