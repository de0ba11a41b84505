//! Imports through the binary: to the point, killed and resumed, twice, undone, on both engines.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use lazo_store::testing::TestDb;

use crate::Lazo;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn example(name: &str) -> String {
    std::fs::read_to_string(root().join("examples").join(name)).unwrap()
}

/// The folder with the shared data sets. Named but missing is a failure, merely absent a notice.
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn data() -> Option<PathBuf> {
    let named = std::env::var_os("LAZO_DATA").map(PathBuf::from);
    let folder =
        named.clone().map_or_else(|| root().join("../shared/data"), |data| root().join(data));
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(named.is_none(), "LAZO_DATA names {}, which is not there", folder.display());
    eprintln!("NOTICE: not tested on real purchases, since {} is not there", folder.display());
    None
}

/// One command on one database.
struct Shop<'a> {
    lazo: &'a Lazo,
    url: String,
}

impl<'a> Shop<'a> {
    fn open(lazo: &'a Lazo, url: &str, program: &str) -> Self {
        let shop = Self { lazo, url: url.to_owned() };
        lazo.file("program.toml", program);
        assert_eq!(shop.run(&["apply", "program.toml"]).0, 0);
        shop
    }

    fn run(&self, args: &[&str]) -> (i32, String, String) {
        self.lazo.run(&[&["--database", &self.url], args].concat())
    }

    fn import(&self, file: &str) -> (String, String) {
        let (code, out, err) =
            self.run(&["import", "purchases", file, "--mapping", "mapping.toml"]);
        assert_eq!(code, 0, "{err}");
        (out.trim().to_owned(), err)
    }

    /// Starts a command and kills it after so long, unless it ends before. Answers whether it ended by itself.
    fn cut(&self, args: &[&str], after: Duration) -> bool {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lazo"))
            .args([&["--quiet", "--database", &self.url], args].concat())
            .current_dir(self.lazo.folder.path())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(after);
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{args:?} failed by itself");
            return true;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        false
    }

    fn balances(&self, at: &str) -> BTreeMap<String, (i64, i64)> {
        let (code, out, err) = self.run(&["balances", "--at", at, "--format", "csv"]);
        assert_eq!(code, 0, "{err}");
        points(&out)
    }

    fn verify(&self) {
        let (code, out, err) = self.run(&["verify"]);
        assert_eq!(code, 0, "{out}{err}");
    }
}

/// `member,earned,available` by member.
fn points(csv: &str) -> BTreeMap<String, (i64, i64)> {
    let rows = csv.lines().skip(1).map(|line| {
        let mut cells = line.rsplitn(3, ',').collect::<Vec<_>>();
        cells.reverse();
        (cells[0].to_owned(), (cells[1].parse().unwrap(), cells[2].parse().unwrap()))
    });
    rows.collect()
}

async fn on_both(test: impl Fn(&str)) {
    let sqlite = TestDb::sqlite().await;
    test(&sqlite.url);
    if let Some(postgres) = TestDb::postgres().await {
        test(&postgres.url);
    }
}

const HEADER: &str =
    "household_id,store_id,basket_id,product_id,quantity,sales_value,transaction_timestamp\n";

#[tokio::test(flavor = "multi_thread")]
async fn r122_a_basket_exactly_on_the_expiry_instant_is_gone_at_that_instant() {
    on_both(|url| {
        let lazo = Lazo::new();
        let shop = Shop::open(&lazo, url, &example("complete_journey/program.toml"));
        lazo.file("mapping.toml", &example("complete_journey/mapping.toml"));
        // Three baskets around 2017-07-06T00:00:00Z, which is 180 days of 24 hours before the question.
        let rows = "7,1,a,p,1,3.99,2017-07-05T23:59:59.999999Z\n7,1,b,p,1,5.50,2017-07-06T00:00:00Z\n\
                    7,1,b,q,0,0.00,2017-07-06T00:00:00Z\n8,1,c,p,1,0.99,2017-07-06T00:00:00Z\n\
                    7,1,d,p,1,8.49,2017-07-06T00:00:00.000001Z\n7,1,d,p,1,0.51,2017-07-06T00:00:00.000001Z\n";
        lazo.file("sales.csv", &format!("{HEADER}{rows}"));
        let (id, told) = shop.import("sales.csv");
        assert!(id.starts_with("imp_"), "{id}");
        for line in ["rows: 6\n", "purchases: 4\n", "members enrolled: 2\n", "points: 17 points\n"] {
            assert!(told.contains(line), "{told}");
        }
        let both = |seven: (i64, i64)| BTreeMap::from([("7".to_owned(), seven), ("8".to_owned(), (0, 0))]);
        assert_eq!(shop.balances("2018-01-01T23:59:59.999999Z"), both((17, 14)));
        assert_eq!(shop.balances("2018-01-02T00:00:00Z"), both((17, 9)));
        assert_eq!(shop.balances("2018-01-02T00:00:00.000001Z"), both((17, 0)));
        shop.verify();
    })
    .await;
}

/// A year of invented baskets in order of time, with what the program must give: (earned, available at the end).
fn year(baskets: u32) -> (String, BTreeMap<String, (i64, i64)>) {
    let mut random = 20_171_u64;
    let mut next = |below: u64| {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    let (mut csv, mut expected) = (HEADER.to_owned(), BTreeMap::new());
    let seconds_between = 365 * 86_400 / u64::from(baskets);
    for basket in 0..baskets {
        let member = next(40);
        let second = u64::from(basket) * seconds_between;
        let (day, rest) = (second / 86_400, second % 86_400);
        // 2017 in days, without help from a calendar: 180 days before 2018-01-02 is day 186 of the year, from 0.
        let (month, of_month) = date(day);
        let at = format!(
            "2017-{month:02}-{of_month:02}T{:02}:{:02}:{:02}Z",
            rest / 3_600,
            rest / 60 % 60,
            rest % 60
        );
        let mut net = 0;
        for line in 0..=next(3) {
            let cents = next(3_000);
            net += cents;
            let _ = writeln!(
                csv,
                "{member},1,{basket},{line},1,{}.{:02},{at}",
                cents / 100,
                cents % 100
            );
        }
        let slot: &mut (i64, i64) = expected.entry(member.to_string()).or_default();
        let points = i64::try_from(net / 100).unwrap();
        slot.0 += points;
        slot.1 += if second > 186 * 86_400 { points } else { 0 };
    }
    (csv, expected)
}

/// Month and day of a day of 2017, from 0.
fn date(mut day: u64) -> (u64, u64) {
    for (month, days) in (1..).zip([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
        if day < days {
            return (month, day + 1);
        }
        day -= days;
    }
    (12, 31)
}

#[tokio::test(flavor = "multi_thread")]
async fn m26_an_import_killed_and_resumed_twice_and_undone_is_exact() {
    let (csv, expected) = year(3_000);
    on_both(|url| {
        let lazo = Lazo::new();
        let shop = Shop::open(&lazo, url, &example("complete_journey/program.toml"));
        lazo.file("mapping.toml", &example("complete_journey/mapping.toml"));
        lazo.file("sales.csv", &csv);
        let import = ["import", "purchases", "sales.csv", "--mapping", "mapping.toml"];
        // Longer each time, so that it ends also on a slow machine.
        let mut cuts = (1..40).map(|n| Duration::from_millis(150 + n * 173 % 400 + n * 60));
        cuts.find(|after| shop.cut(&import, *after)).expect("it ends");
        let end = "2018-01-02T00:00:00Z";
        assert_eq!(shop.balances(end), expected);
        let (id, told) = shop.import("sales.csv");
        assert!(
            told.contains(&format!("imported before as {id}"))
                || told.contains("nothing was changed"),
            "{told}"
        );
        assert_eq!(shop.balances(end), expected);
        shop.verify();
        let (_, listed, _) = shop.run(&["import", "list", "--format", "csv"]);
        let id = listed.lines().nth(1).unwrap().split(',').next().unwrap().to_owned();
        assert!(listed.contains("finished,3000,0,"), "{listed}");

        let undo = ["import", "undo", id.as_str()];
        let mut cuts = (1..40).map(|n| Duration::from_millis(150 + n * 211 % 400 + n * 120));
        cuts.find(|after| shop.cut(&undo, *after)).expect("it ends");
        let (_, now, _) = shop.run(&["balances", "--format", "csv"]);
        assert_eq!(points(&now).len(), 40);
        assert!(points(&now).values().all(|(_, available)| *available == 0), "{now}");
        shop.verify();
        let (code, _, told) = shop.run(&import);
        assert!(code == 1 && told.contains("was undone") && told.contains("hint:"), "{told}");
    })
    .await;
}

const CLUB: &str = r#"
kind = "purchases"
source = "till"
program = "household"
[fields]
member = "household_id"
purchase = "basket_id"
at = "transaction_timestamp"
product = "product_id"
quantity = "quantity"
net = "sales_value"
[amounts]
currency = "USD"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn r130_what_was_refused_is_listed_and_driven_again_once_it_is_mended() {
    on_both(|url| {
        let lazo = Lazo::new();
        let shop = Shop::open(&lazo, url, &example("complete_journey/program.toml"));
        let rows = "7,1,a,p,1,3.99,2017-07-05T00:00:00Z\n8,1,b,p,1,many,2017-07-05T00:00:00Z\n\
                    9,1,c,p,1,5.00,2017-07-05T00:00:00Z\n9,1,d,p,1,5.00,2917-07-05T00:00:00Z\n";
        lazo.file("sales.csv", &format!("{HEADER}{rows}"));
        let mapping = format!("{CLUB}[members]\nunknown = \"park\"\n");
        lazo.file("mapping.toml", &mapping);
        lazo.file("members.csv", "number,mail,day\n7,ana@example.com,2017-01-31\n7,x@example.com,2017-01-31\n,,2017\n");
        let members = "kind = \"members\"\nsource = \"crm\"\nprogram = \"household\"\n[fields]\nmember = \"number\"\n\
                       email = \"mail\"\nenrolled_at = { column = \"day\", format = \"%Y-%m-%d\", zone = \"UTC\" }\n";
        lazo.file("members.toml", members);

        let dry = shop.run(&["import", "purchases", "sales.csv", "--mapping", "mapping.toml", "--dry-run"]);
        assert!(dry.0 == 0 && dry.2.contains("purchases: 3\n") && dry.2.contains("1 bad_number"), "{}", dry.2);
        assert_eq!(shop.balances("2018-01-01T00:00:00Z"), BTreeMap::new());

        let (first, told) = shop.import("sales.csv");
        assert!(told.contains("listed: 1 bad_number, 3 member_unknown"), "{told}");
        let listed = std::fs::read_to_string(lazo.folder.path().join("sales.csv.errors.csv")).unwrap();
        assert!(listed.starts_with("line,field,code,treatment,reason,row\n3,sales_value") || listed.contains("3,net,bad_number,left_out,"), "{listed}");
        assert!(listed.contains("\n2,member,member_unknown,parked,"), "{listed}");

        let (code, _, told) = shop.run(&["import", "members", "members.csv", "--mapping", "members.toml"]);
        assert!(code == 0 && told.contains("members enrolled: 1\n"), "{told}");
        assert!(told.contains("1 no_member") && told.contains("1 repeated_member"), "{told}");
        let (again, told) = shop.import("sales.csv");
        assert!(again == first && told.contains("purchases: 1\n"), "{told}");
        let seven = BTreeMap::from([("7".to_owned(), (3, 3))]);
        assert_eq!(shop.balances("2017-08-01T00:00:00Z"), seven);

        // Enrolled with the file's own mapping changed, everybody is known; the basket of the future stays refused.
        lazo.file("mapping.toml", &mapping.replace("park", "enroll"));
        let (_, told) = shop.import("sales.csv");
        assert!(told.contains("purchases: 1\n") && told.contains("posted before: 1\n"), "{told}");
        assert!(told.contains("1 bad_number, 1 in_future"), "{told}");
        shop.verify();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r93_cancellations_give_back_their_share_and_all_pieces_all_of_it() {
    on_both(|url| {
        let lazo = Lazo::new();
        let shop = Shop::open(&lazo, url, &example("online_retail/program.toml"));
        lazo.file("mapping.toml", &example("online_retail/mapping.toml"));
        // Invoice 1 earns 11 for 11.00, of which 10 go to the three A and 1 to the B (10.05 and 0.95 of 11).
        // C2 gives back a third of 10, which is 3. Invoice 2 earns 6 for 6.70. C3 takes the two A of invoice 2 first,
        // then a second A of invoice 1: 6 and 3. C4 takes the B's 1, C5 the last A and with it the last 4.
        let rows = "1,A,3,2011-01-01 10:00:00,3.35\n1,B,1,2011-01-01 10:00:00,0.95\nC2,A,-1,2011-01-02 10:00:00,3.35\n\
                    2,A,2,2011-01-03 10:00:00,3.35\nC3,A,-3,2011-01-04 10:00:00,3.35\nC4,B,-1,2011-01-05 10:00:00,0.95\n\
                    C5,A,-1,2011-01-06 10:00:00,3.35\nC6,A,-1,2011-01-07 10:00:00,3.35\n";
        let rows: String = rows.lines().map(|row| format!("{row},7,Spain\n")).collect();
        lazo.file("sales.csv", &format!("InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n{rows}"));
        let (id, told) = shop.import("sales.csv");
        assert!(told.contains("purchases: 2\nreturns: 5\n") && told.contains("1 cancel_nothing_left"), "{told}");
        for (day, left) in [("01", 11), ("02", 8), ("03", 14), ("04", 5), ("05", 4), ("06", 0), ("07", 0)] {
            let points = shop.balances(&format!("2011-01-{day}T12:00:00Z"))["7"].1;
            assert_eq!(points, left, "on 2011-01-{day}");
        }
        let (_, told, _) = shop.run(&["explain", "C3/2", "--lang", "en"]);
        assert!(told.contains("C3/2"), "{told}");
        shop.verify();
        assert_eq!(shop.run(&["import", "undo", &id]).0, 0);
        shop.verify();
        assert_eq!(points(&shop.run(&["balances", "--format", "csv"]).1)["7"].1, 0);
    })
    .await;
}

#[test]
fn r47_mistakes_on_the_command_line_are_told_with_a_hint() {
    let lazo = Lazo::new();
    lazo.file("program.toml", &example("complete_journey/program.toml"));
    lazo.run(&["apply", "program.toml"]);
    lazo.file("sales.csv", HEADER);
    lazo.file("bad.toml", &CLUB.replace("net = ", "nett = "));
    let import =
        |mapping: &str, file: &str| lazo.run(&["import", "purchases", file, "--mapping", mapping]);
    let (code, _, told) = import("bad.toml", "sales.csv");
    assert!(
        code == 2 && told.contains("bad.toml:11: unknown field `nett`") && told.contains("hint:"),
        "{told}"
    );
    lazo.file(
        "other.toml",
        &CLUB.replace("household\"", "club\"").replace("program = \"household", "program = \"club"),
    );
    assert_eq!(import("other.toml", "sales.csv").0, 1);
    lazo.file("good.toml", CLUB);
    let (code, _, told) = import("good.toml", "nowhere.csv");
    assert!(code == 1 && told.contains("nowhere.csv"), "{told}");
    let (code, _, told) = lazo.run(&["import", "members", "sales.csv", "--mapping", "good.toml"]);
    assert!(code == 2 && told.contains("lazo import purchases"), "{told}");
    assert_eq!(lazo.run(&["import", "undo", "imp_0000000000000"]).0, 1);
}

/// The four commands of the example, against the data set's own oracle.
fn complete_journey(url: &str, data: &Path) {
    let lazo = Lazo::new();
    let shop = Shop::open(&lazo, url, &example("complete_journey/program.toml"));
    lazo.file("mapping.toml", &example("complete_journey/mapping.toml"));
    let file = data.join("complete_journey/transactions.csv.gz");
    shop.import(file.to_str().unwrap());
    let oracle =
        std::fs::read_to_string(data.join("complete_journey/expected_points.csv")).unwrap();
    let expected: BTreeMap<String, (i64, i64)> = oracle
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[0].to_owned(), (cells[3].parse().unwrap(), cells[4].parse().unwrap()))
        })
        .collect();
    assert_eq!(expected.len(), 1_290);
    assert_eq!(shop.balances("2018-01-02T00:00:00Z"), expected);
    shop.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn r93_complete_journey_on_sqlite_equals_the_oracle() {
    let Some(data) = data() else { return };
    complete_journey(&TestDb::sqlite().await.url, &data);
}

#[tokio::test(flavor = "multi_thread")]
async fn r93_complete_journey_on_postgres_equals_the_oracle() {
    let Some(data) = data() else { return };
    if let Some(postgres) = TestDb::postgres().await {
        complete_journey(&postgres.url, &data);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn m26_online_retail_equals_the_independent_recount() {
    let Some(data) = data() else { return };
    let sqlite = TestDb::sqlite().await;
    let lazo = Lazo::new();
    let shop = Shop::open(&lazo, &sqlite.url, &example("online_retail/program.toml"));
    lazo.file("mapping.toml", &example("online_retail/mapping.toml"));
    let file = data.join("online_retail/online_retail.csv.gz");
    let (_, told) = shop.import(file.to_str().unwrap());
    for listed in [
        "1095 cancel_ambiguous",
        "25 cancel_partial",
        "700 cancel_never_bought",
        "209 cancel_nothing_left",
    ] {
        assert!(told.contains(listed), "{told}");
    }
    let recount = Command::new("python3")
        .arg(root().join("examples/online_retail/recount.py"))
        .arg(file)
        .output();
    let Ok(recount) = recount else {
        eprintln!("NOTICE: not recounted, since python3 is not there");
        return;
    };
    assert!(recount.status.success(), "{}", String::from_utf8_lossy(&recount.stderr));
    assert!(String::from_utf8_lossy(&recount.stderr).contains("in full: 3442\n"));
    let (_, balances, _) = shop.run(&["balances", "--format", "csv"]);
    assert_eq!(points(&balances), points(&String::from_utf8(recount.stdout).unwrap()));
    shop.verify();
}
