//! Lifetime value against published numbers and the reference files (measures §3.5). The files are found
//! through `LAZO_DATA`; numbers that need no file are tested without it.

use std::io::Read as _;
use std::path::PathBuf;

use lazo_measures::clv::gamma_gamma::{self, Spending};
use lazo_measures::clv::purchases::{self, Buying, NoFit, Quality};
use lazo_measures::clv::summary::{Purchase, Summary, correlation, summarize};
use lazo_measures::clv::value::{Terms, lifetime_value, weekly_discount};

use crate::near;

/// The parameters printed in measures §3.5.
const BUYING: Buying = Buying { r: 0.242593, alpha: 4.413532, a: 0.792886, b: 2.425753 };
const SPENDING: Spending = Spending { p: 6.2488, q: 3.7446, v: 15.4478 };

fn customer(repeats: u32, recency: f64, value: f64) -> Summary {
    Summary { repeats, recency, age: 38.86, value }
}

fn three() -> [Summary; 3] {
    [customer(2, 30.43, 22.35), customer(1, 1.71, 11.77), customer(0, 0.0, 0.0)]
}

#[test]
fn k30_predictions_of_the_three_customers() {
    let [often, once, never] = three();
    near(BUYING.alive(&often), 0.726609, 1e-4);
    near(BUYING.expected(&often, 39.0).unwrap(), 1.225910, 1e-4);
    near(BUYING.alive(&once), 0.212227, 1e-4);
    near(BUYING.expected(&once, 39.0).unwrap(), 0.203251, 1e-4);
    near(BUYING.alive(&never), 1.0, 0.0);
    near(BUYING.expected(&never, 39.0).unwrap(), 0.194781, 1e-4);
    near(BUYING.expected_of_new(39.0).unwrap(), 1.195016, 1e-4);
    near(SPENDING.expected(&often).unwrap(), 24.658616, 1e-3);
    near(SPENDING.expected(&once).unwrap(), 18.911481, 1e-3);
    near(SPENDING.population_mean().unwrap(), 35.1710, 1e-3);
}

#[test]
fn k30_value_of_the_three_customers_over_a_year() {
    let terms = Terms { weeks: 52, margin: 0.3, discount: weekly_discount(0.10) };
    let values = three().map(|one| lifetime_value(&BUYING, &SPENDING, &one, &terms).unwrap());
    for (is, should) in values.into_iter().zip([11.02443, 1.40932, 2.53597]) {
        near(is, should, 1e-3);
    }
}

#[test]
fn k30_a_fit_to_the_cdnow_sample_agrees_with_the_published_one() {
    let Some(purchases) = cdnow() else { return };
    let customers: Vec<Summary> = summarize(&purchases, LAST_DAY, 100).into_values().collect();
    assert_eq!(customers.len(), 2_357, "r31: the known counts");
    assert_eq!(customers.iter().filter(|one| one.repeats > 0).count(), 946);
    let rounded: Vec<Summary> = customers.iter().map(to_hundredths).collect();
    let found = purchases::fit(&rounded).unwrap();
    let Buying { r, alpha, a, b } = found.model;
    println!("CDNOW: {found:?}");
    near(r, 0.242593, 1e-3);
    near(alpha, 4.413532, 1e-3);
    near(a, 0.792886, 1e-3);
    near(b, 2.425753, 1e-3);
    near(found.log_likelihood, -9_582.425_6, 1e-4);
    assert_eq!(found.quality, Quality::Determined);
    // With unrounded times, as the reference computes it.
    near(purchases::fit(&customers).unwrap().log_likelihood, -9_582.429_206_67, 1e-4);
    near(found.model.log_likelihood(&rounded), found.log_likelihood, 1e-6);
}

#[test]
fn k30_spend_of_the_cdnow_sample() {
    let Some(purchases) = cdnow() else { return };
    let customers: Vec<Summary> =
        summarize(&purchases, LAST_DAY, 100).values().map(to_hundredths).collect();
    let found = gamma_gamma::fit(&customers).unwrap();
    println!("Gamma-Gamma: {found:?}");
    assert_eq!(found.customers, 946);
    near(found.model.p, 6.2488, 1e-3);
    near(found.model.q, 3.7446, 1e-3);
    near(found.model.v, 15.4478, 1e-2);
    near(found.log_likelihood, -4_055.923_5, 1e-2);
    near(correlation(&customers).unwrap(), 0.114, 5e-4);
}

/// Goal: every customer of the sample gets the reference's expectation, and the holdout its total.
#[test]
fn k30_every_customer_of_the_reference_file() {
    let (Some(purchases), Some(text)) = (cdnow(), read("cdnow_bgnbd_reference.csv.gz")) else {
        return;
    };
    let by_customer = summarize(&purchases, LAST_DAY, 100);
    let customers: Vec<Summary> = by_customer.values().copied().collect();
    let model = purchases::fit(&customers).unwrap().model;
    let mut total = 0.0;
    for (line, one) in text.lines().skip(1).zip(&customers) {
        let fields: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
        near(f64::from(one.repeats), fields[1], 0.0);
        near(one.recency, fields[2], 1e-9);
        let expected = model.expected(one, 39.0).unwrap();
        near(expected, fields[7], 1e-4);
        near(model.alive(one), fields[8], 1e-4);
        total += expected;
    }
    near(total, 1_653.408_7, 1e-1);
}

/// Goal: where nobody can be seen to leave, the fit ends and says so (UCI Online Retail).
#[test]
fn k30_a_fit_without_measurable_dropout_ends_and_says_so() {
    let Some(text) = read("dev_onlineretail_reference.csv.gz") else { return };
    let summary = |line: &str| {
        let repeats = line.split(',').nth(1).unwrap().parse().unwrap();
        let fields: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
        Summary { repeats, recency: fields[2], age: fields[3], value: fields[4] }
    };
    let customers: Vec<Summary> = text.lines().skip(1).map(summary).collect();
    assert_eq!(customers.len(), 1_662);
    let found = purchases::fit(&customers).unwrap();
    println!("Online Retail: {found:?}");
    assert_eq!(found.quality, Quality::DropoutNotMeasurable);
    near(found.log_likelihood, -11_002.521_7, 1e-2);
    let spend = gamma_gamma::fit(&customers).unwrap();
    near(spend.log_likelihood, -6_616.197_06, 1e-3);
}

#[test]
fn k30_data_that_cannot_be_fitted_say_why() {
    assert_eq!(purchases::fit(&[customer(1, 2.0, 3.0); 10]), Err(NoFit::TooFew));
    assert_eq!(purchases::fit(&[customer(0, 0.0, 0.0); 60]), Err(NoFit::NoRepeats));
    assert_eq!(purchases::fit(&[customer(1, 50.0, 1.0); 60]), Err(NoFit::Contradiction));
    assert_eq!(gamma_gamma::fit(&[customer(0, 0.0, 0.0); 60]), None);
}

/// 1997-09-30, counted from 1997-01-01 as day 0.
const LAST_DAY: i32 = 272;

/// The package with the sample keeps two decimals.
fn to_hundredths(one: &Summary) -> Summary {
    let round = |value: f64| (value * 100.0).round() / 100.0;
    Summary { recency: round(one.recency), age: round(one.age), value: to_cents(one), ..*one }
}

/// Exact halves of a cent go up, as in the package; a float may lie just below one.
fn to_cents(one: &Summary) -> f64 {
    (one.value * 100.0 + 1e-6).round() / 100.0
}

fn cdnow() -> Option<Vec<Purchase>> {
    let text = read("CDNOW_sample.txt.gz")?;
    let purchase = |line: &str| {
        let mut fields = line.split_whitespace().skip(1);
        let customer = fields.next()?.parse().ok()?;
        let day = day(fields.next()?)?;
        // Dollars with two decimals: without the point they are cents.
        let net_minor = fields.nth(1)?.replace('.', "").parse().ok()?;
        Some(Purchase { customer, day, net_minor })
    };
    Some(text.lines().map(|line| purchase(line).expect("a line of the sample")).collect())
}

/// Days from 1997-01-01 of a date in 1997 or 1998, neither a leap year.
fn day(date: &str) -> Option<i32> {
    let months = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let year: i32 = date.get(..4)?.parse().ok()?;
    let month: usize = date.get(4..6)?.parse().ok()?;
    let day: i32 = date.get(6..)?.parse().ok()?;
    Some((year - 1997) * 365 + months[month - 1] + day - 1)
}

fn read(name: &str) -> Option<String> {
    let given = std::env::var_os("LAZO_DATA").map(PathBuf::from);
    let folder = given.clone().unwrap_or_else(|| PathBuf::from("../../../shared/data"));
    let file = folder.join("clv").join(name);
    let Ok(bytes) = std::fs::read(&file) else {
        assert!(given.is_none(), "LAZO_DATA is set but {} is missing", file.display());
        return None;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    Some(text)
}
