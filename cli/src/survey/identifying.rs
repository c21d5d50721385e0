//! Columns that may tell who somebody is. They are named once and never carried over unless that is asked for.

use csv::ByteRecord;

use super::header::Header;

/// Parts of names that hardly mean anything else. A design choice, from the columns that Qualtrics, LimeSurvey, REDCap
/// (whose dictionary marks identifiers) and Google Forms write.
const PARTS: [&str; 22] = [
    "email",
    "ipaddr",
    "latitude",
    "longitude",
    "geolocation",
    "firstname",
    "lastname",
    "fullname",
    "surname",
    "telephone",
    "phone",
    "postalcode",
    "postcode",
    "zipcode",
    "homeaddress",
    "streetaddress",
    "dateofbirth",
    "birthdate",
    "surveyidentifier",
    "externalreference",
    "externaldatareference",
    "nextofkin",
];
/// Words that mean it if they are a whole name, or what stands in brackets behind a question.
const WORDS: [&str; 14] = [
    "name", "ip", "mail", "address", "street", "city", "zip", "dob", "gps", "username", "vorname", "nachname",
    "adresse", "telefon",
];
/// A cell with this many letters and spaces is somebody's own words. A design choice.
const FREE_TEXT: (usize, usize) = (60, 8);

/// Whether a column may tell who somebody is, by its name, its question or what stands in some rows.
pub(super) fn is_identifying(header: &Header, column: usize, sample: &[ByteRecord]) -> bool {
    let texts = [header.name(column), header.question(column)];
    texts.into_iter().flatten().any(is_named_so) || {
        let cells = sample.iter().filter_map(|row| row.get(column));
        cells
            .filter_map(|cell| std::str::from_utf8(cell).ok())
            .any(|cell| is_mail(cell) || is_ip(cell) || is_prose(cell))
    }
}

fn is_named_so(name: &str) -> bool {
    // A question about names is no name.
    let short = name.rsplit_once('[').map_or(name, |(_, bracket)| bracket.trim_end_matches(']'));
    if short.chars().count() > 40 {
        return false;
    }
    let letters: String = short.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    PARTS.iter().any(|part| letters.contains(part)) || WORDS.contains(&letters.as_str())
}

fn is_mail(cell: &str) -> bool {
    let Some((user, host)) = cell.trim().split_once('@') else { return false };
    let plain = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace);
    plain(user) && plain(host) && host.trim_matches('.').contains('.')
}

/// An internet address, of either kind: four numbers up to 255, or groups of hexadecimal digits (a time has two colons).
fn is_ip(cell: &str) -> bool {
    let cell = cell.trim();
    let numbers: Vec<Option<u8>> = cell.split('.').map(|part| part.parse().ok()).collect();
    let groups: Vec<&str> = cell.split(':').collect();
    let is_group = |group: &&str| group.len() <= 4 && group.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_new_kind = groups.iter().all(is_group) && (groups.len() == 8 || cell.contains("::"));
    (numbers.len() == 4 && numbers.iter().all(Option::is_some)) || (is_new_kind && groups.len() > 2)
}

fn is_prose(cell: &str) -> bool {
    let (letters, spaces) = FREE_TEXT;
    cell.chars().count() >= letters && cell.split_whitespace().count() > spaces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, cells: &[&str], expected: bool) {
        let header = Header::new(vec![name.to_owned()], Vec::new(), Vec::new());
        let rows: Vec<ByteRecord> = cells.iter().map(|cell| ByteRecord::from(vec![*cell])).collect();
        assert_eq!(is_identifying(&header, 0, &rows), expected, "{name} {cells:?}");
    }

    #[test]
    fn names_and_contents_that_tell_who_somebody_is_are_found() {
        for name in
            ["IPAddress", "RecipientEmail", "first_name", "telephone_1", "dob", "Please enter your address [Street]"]
        {
            check(name, &[], true);
        }
        for name in
            ["Q1", "effort", "How would you name what happened between the two of you?", "item_ip_2", "townhall"]
        {
            check(name, &["1", "often", "3 Somewhat  Religious", "12.5", "2021-09-24 11:39:34"], false);
        }
        for cell in ["a.b@example.org", "198.51.100.7", "2001:db8::1"] {
            check("x", &["", cell], true);
        }
        check("x", &[&"so many words ".repeat(8)], true);
        check("x", &["a@b", "1.2.3", "@"], false);
    }
}
