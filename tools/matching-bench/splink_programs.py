"""Runs Splink on two program files and prints its quality and cost, to set beside `lazo match`.

    pip install splink pandas
    python splink_programs.py FOLDER      # programme_a.csv.gz, programme_b.csv.gz, truth_links.csv.gz

Settings: values folded (case, accents, phone to its last nine digits) before Splink sees them, which favors it;
seven blocking rules; its ready-made comparisons for names, dates and e-mail; term frequencies for names, e-mail and
date; u from random pairs, m by EM over three blocking rules; threshold 0.5.
"""

import resource
import sys
import time
import unicodedata

import pandas
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

FOLDER = sys.argv[1]


def fold(text):
    if not isinstance(text, str) or not text:
        return None
    text = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in text if not unicodedata.combining(c)).strip() or None


def load(side):
    frame = pandas.read_csv(f"{FOLDER}/programme_{side}.csv.gz", dtype=str, keep_default_na=False)
    for column in ("given_name", "surname1", "surname2", "email", "street", "city"):
        frame[column] = frame[column].map(fold)
    frame["phone"] = frame["phone"].str.replace(r"\D", "", regex=True).str[-9:].map(fold)
    for column in ("birth_date", "postcode", "doc_id"):
        frame[column] = frame[column].map(fold)
    keep = ["record_id", "given_name", "surname1", "surname2", "birth_date", "email", "phone", "street", "postcode"]
    return frame[keep + ["doc_id"]]


def main():
    start = time.time()
    frames = [load("a"), load("b")]
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="record_id",
        blocking_rules_to_generate_predictions=[
            block_on("email"),
            block_on("phone"),
            block_on("doc_id"),
            block_on("birth_date", "given_name"),
            block_on("birth_date", "surname1"),
            block_on("given_name", "surname1", "postcode"),
            block_on("given_name", "surname1", "surname2"),
        ],
        comparisons=[
            cl.JaroWinklerAtThresholds("given_name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("surname1", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("surname2", [0.92]).configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("birth_date", [1, 2]).configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("email", [2]).configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("phone", [1]),
            cl.JaroWinklerAtThresholds("street", [0.9]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("postcode"),
            cl.ExactMatch("doc_id"),
        ],
    )
    database = DuckDBAPI()
    tables = [database.register(frame, dataset_display_name=name) for frame, name in zip(frames, "ab")]
    linker = Linker(tables, settings)
    train = linker.training
    train.estimate_probability_two_random_records_match(
        [block_on("email", "birth_date"), block_on("phone", "birth_date")], recall=0.4
    )
    train.estimate_u_using_random_sampling(max_pairs=2_000_000)
    for rule in (block_on("email"), block_on("phone"), block_on("birth_date", "given_name")):
        train.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    seconds = time.time() - start
    truth = pandas.read_csv(f"{FOLDER}/truth_links.csv.gz", dtype=str)
    true_links = set(zip(truth.iloc[:, 0], truth.iloc[:, 1]))
    one = found["record_id_l"].astype(str)
    other = found["record_id_r"].astype(str)
    links = {tuple(sorted(pair)) for pair in zip(one, other)}
    right = len(links & true_links)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"precision {right / max(1, len(links)):.4f} recall {right / len(true_links):.4f} "
        f"f1 {2 * right / (len(links) + len(true_links)):.4f}; "
        f"{usage.ru_utime + usage.ru_stime:.0f} CPU s, {seconds:.0f} s, {usage.ru_maxrss / 1024:.0f} MB"
    )


main()
