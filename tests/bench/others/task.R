# The yardstick task with R and data.table: fread, whole columns at a time, fwrite.
#
# usage: Rscript task.R IN.csv OUT.csv
suppressPackageStartupMessages(library(data.table))
setDTthreads(0) # all cores; the default is half of them

path <- commandArgs(trailingOnly = TRUE)
items <- sprintf("q%02d", 1:24)
reversed <- sprintf("q%02d", c(2, 5, 8, 11, 14, 17, 20, 23))
scales <- list(A = items[1:6], C = items[7:12], E = items[13:18], S = items[19:24])
ids <- c(
  "apo-sincere", "con-steady", "eff-balanced", "saf-secure", "apo-owns-it", "con-follows-through", "eff-shared-load",
  "all-strong", "words-match-deeds", "few-lows", "apo-hollow", "con-erratic", "eff-one-sided", "saf-unsafe",
  "apo-absent", "saf-fear", "con-repeat-breaks", "eff-carrying-alone", "many-lows", "saf-gap"
)
keep_points <- c(3L, 3L, 2L, 4L, 1L, 2L, 1L, 3L, 1L, 2L)
walk_points <- c(2L, 3L, 3L, 5L, 3L, 4L, 2L, 2L, 3L, 2L)

# a comparison with NA is NA, in the task it is false
sure <- function(x) fcoalesce(x, FALSE)
total <- function(columns) Reduce(`+`, columns)
weighed <- function(fired, points) total(Map(`*`, fired, points))
tenth <- function(x) floor(x * 10 + 0.5) / 10

d <- fread(
  path[1],
  select = list(character = "respondent_id", integer = items), na.strings = "", sep = ",", quote = ""
)
d[, (reversed) := lapply(.SD, function(x) 6L - x), .SDcols = reversed]

for (name in names(scales)) {
  of <- as.list(d[, scales[[name]], with = FALSE])
  n <- total(lapply(of, function(x) !is.na(x)))
  s <- total(lapply(of, fcoalesce, 0L))
  set(d, j = name, value = fifelse(n >= 4L, 25 * (s - n) / n, NA_real_))
  set(d, j = paste0("n_", name), value = n)
  set(d, j = paste0("low_", name), value = total(lapply(of, function(x) sure(x <= 2L))))
}
d[, low := low_A + low_C + low_E + low_S]
d[, answered := n_A + n_C + n_E + n_S]

fired <- d[, lapply(list(
  A >= 70,
  C >= 70,
  E >= 65,
  S >= 75,
  q01 >= 4L & q03 >= 4L,
  q07 >= 4L & q09 >= 4L & q12 >= 3L,
  q13 >= 4L & !sure(q15 <= 2L),
  A >= 60 & C >= 60 & E >= 60 & S >= 60,
  A >= 55 & A - C <= 10.1 & A - C >= -10.1,
  low <= 2L & answered >= 20L,
  A - C >= 19.9,
  C < 35,
  E < 35,
  S < 40,
  A < 30,
  q19 <= 1L | q24 <= 1L,
  q08 <= 2L & (q10 <= 2L | q11 <= 2L),
  q14 <= 2L & q17 <= 2L & !sure(E >= 60),
  low >= 10L,
  E - S >= 24.9 | C - S >= 24.9
), sure)]

d[, keep := weighed(fired[, 1:10], keep_points)]
d[, walk := weighed(fired[, 11:20], walk_points)]
d[, insufficient := is.na(S) | is.na(A) + is.na(C) + is.na(E) >= 2L]
# fcase takes NA for FALSE
d[, stage := fcase(
  insufficient, "unrated",
  S < 25 | walk >= 14L, "crisis",
  walk >= 8L & keep <= 3L, "eroding",
  walk > keep, "strained",
  A >= 60 & (C < 60 | E < 55), "repairing",
  keep >= 14L & walk == 0L, "thriving",
  default = "steady"
)]
d[, signal := fcase(
  S < 25 | (q19 <= 1L & q24 <= 1L) | low_S >= 5L, "safety_first",
  insufficient, "insufficient",
  keep - walk >= 5L & !(stage %chin% c("crisis", "eroding")), "keep_going",
  walk - keep >= 5L, "walk_away",
  default = "mixed"
)]

# The set of fired rules as one number; the text is joined once for each set that occurs.
mask <- weighed(fired, as.integer(2^(0:19)))
sets <- unique(mask)
texts <- vapply(sets, function(m) paste(ids[bitwAnd(m, as.integer(2^(0:19))) > 0L], collapse = ";"), "")

fwrite(
  d[, .(
    respondent_id,
    apology = tenth(A), consistency = tenth(C), effort = tenth(E), safety = tenth(S),
    stage, signal, rules = texts[match(mask, sets)]
  )],
  path[2],
  quote = FALSE, na = ""
)
