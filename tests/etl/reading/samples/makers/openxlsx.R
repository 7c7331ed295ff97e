# Rscript openxlsx.R sheets.tsv out.xlsx : R, package openxlsx; the sheets as lines of sheet, row, column, kind, value
library(openxlsx)
options(openxlsx.compressionLevel = 9)
given <- commandArgs(TRUE)
cells <- read.delim(given[1], header = FALSE, quote = "", encoding = "UTF-8", colClasses = "character")
book <- createWorkbook()
for (name in unique(cells$V1)) {
  addWorksheet(book, name)
  own <- cells[cells$V1 == name, ]
  for (at in seq_len(nrow(own))) {
    row <- as.integer(own$V2[at]); column <- as.integer(own$V3[at]); text <- own$V5[at]
    value <- switch(own$V4[at], text = text, date = as.Date(text), boolean = text == "1", as.numeric(text))
    writeData(book, name, value, column, row, colNames = FALSE)
    if (own$V4[at] == "percent") addStyle(book, name, createStyle(numFmt = "0.00%"), row, column)
  }
}
saveWorkbook(book, given[2], overwrite = TRUE)
