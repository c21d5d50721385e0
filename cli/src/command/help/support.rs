//! `bearings help support`: fixed words, the directories, and for a country that somebody names what is known of it.

use crate::report::{DIRECTORIES, EMERGENCY, Page, Row, SUPPORT, directories, page_as_text};
use crate::resources::{Country, Date, Helpline, Resources};

/// The text for everybody.
pub(super) fn text(resources: &Resources) -> String {
    with_country(resources, None)
}

/// The text with what is known of a country; `today` tells how old a check is.
pub(super) fn text_for(resources: &Resources, country: &Country, today: Date) -> String {
    with_country(resources, Some(page_as_text(&country_page(resources, country, today))))
}

fn with_country(resources: &Resources, of_country: Option<String>) -> String {
    let mut of_country = of_country;
    let mut parts: Vec<String> = Vec::new();
    for part in SUPPORT.trim_end().split("\n\n") {
        let mut part = format!("{}\n", part.trim_end());
        if part.starts_with(DIRECTORIES) {
            let mut rows = Page::default();
            rows.rows(directories(resources));
            part.push_str(&page_as_text(&rows));
        }
        let is_first = part.starts_with(EMERGENCY);
        parts.push(part);
        // After the one line that cannot wait.
        if is_first {
            parts.extend(of_country.take());
        }
    }
    parts.join("\n")
}

fn country_page(resources: &Resources, country: &Country, today: Date) -> Page {
    let (checked, unchecked): (Vec<&Helpline>, Vec<&Helpline>) =
        resources.helplines_in(country).into_iter().partition(|line| line.number.is_some());
    let mut page = Page::default();
    if checked.is_empty() {
        page.text(format!(
            "{country}: no phone number of this country has been checked by a person yet, so none is printed here."
        ));
    } else {
        page.text(format!("{country}: numbers that a person has checked:"));
        page.rows(checked.iter().filter_map(|line| numbered(line, today)).collect());
    }
    if unchecked.is_empty() && checked.is_empty() {
        page.text("Search \"domestic abuse helpline\" and the name of the country, or look in the directories below.");
    } else if !unchecked.is_empty() {
        page.text("Without a number here; search one of these and the name of the country:");
        page.rows(unchecked.iter().map(|line| Row::new(&line.search, who_for(line))).collect());
    }
    page.text(format!("How this list is kept: {}", resources.update_policy));
    page
}

fn numbered(line: &Helpline, today: Date) -> Option<Row> {
    let number = line.number.as_ref()?;
    let age = if number.may_have_changed(today) { "; it may have changed" } else { "" };
    let text = format!("{}, {} (checked {}{age})", number.number, who_for(line), number.checked);
    Some(Row::new(&line.name, text))
}

fn who_for(line: &Helpline) -> String {
    line.who_for.iter().map(|audience| audience.words()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two lines of one country: one that was checked on a day, if there is one, and one that was not.
    fn resources(checked: Option<&str>) -> Resources {
        let line = |id: &str, number: &str, checked: Option<&str>| {
            let checked = checked.map_or("null".to_owned(), |day| format!("\"{day}\""));
            format!(
                r#"{{"id": "{id}", "name": "{id} line", "country": "NL", "who_for": ["women", "men"],
                "kind": "helpline", "number": "{number}", "search": "find {id}", "last_checked": {checked},
                "source": "made up"}}"#
            )
        };
        let directory = r#"{"id": "all", "name": "All of them", "country": null, "who_for": ["everybody"],
            "kind": "directory", "about": "helplines", "number": null, "search": "all of them",
            "last_checked": null, "source": "made up"}"#;
        let (one, other) = (line("checked", "0999 123", checked), line("new", "0888 456", None));
        let text = format!(
            r#"{{"format": "bearings/resources@1", "update_policy": "Now and then.",
            "entries": [{directory}, {one}, {other}]}}"#
        );
        Resources::read(&text).unwrap()
    }

    fn shown(resources: &Resources, country: &str) -> String {
        // 10 November 2026.
        let text = text_for(resources, &country.parse().unwrap(), Date::from_days(20_767));
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        text
    }

    #[test]
    fn a_number_is_printed_with_the_month_of_its_check() {
        let text = shown(&resources(Some("2026-05-04")), "NL");
        assert!(text.contains("  checked line  0999 123, for women, for men (checked 2026-05)\n"), "{text}");
        assert!(text.contains("  find new      for women, for men\n") && !text.contains("0888"), "{text}");
        assert!(!text.contains("changed") && text.contains("How this list is kept: Now and then."), "{text}");
    }

    #[test]
    fn after_a_year_it_may_have_changed() {
        let words = |checked| shown(&resources(Some(checked)), "NL").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words("2025-11-09").contains("(checked 2025-11; it may have changed)"));
        assert!(!words("2025-11-10").contains("changed"));
        assert!(words("2026-11-11").contains("(checked 2026-11; it may have changed)"));
    }

    #[test]
    fn a_country_without_a_number_says_so_and_what_to_search_for() {
        for country in ["NL", "ZA"] {
            let text = shown(&resources(None), country);
            assert!(text.contains(&format!("\n\n{country}: no phone number of this country has been checked")));
            assert!(text.to_lowercase().contains("search") && !text.contains(|c: char| c.is_ascii_digit()), "{text}");
        }
        assert!(shown(&resources(None), "NL").contains("\n  find checked  for women, for men\n"));
        assert!(
            shown(&resources(None), "ZA").contains("Search \"domestic abuse helpline\" and the name of the country")
        );
    }

    #[test]
    fn the_country_stands_after_the_line_that_cannot_wait_and_changes_nothing_else() {
        let (with, without) = (shown(&Resources::built_in(), "DE"), text(&Resources::built_in()));
        let (first, rest) = without.split_once("\n\n").unwrap();
        assert!(first.starts_with(EMERGENCY) && with.starts_with(&format!("{first}\n\nDE: ")));
        assert!(with.ends_with(rest), "{with}");
    }

    #[test]
    fn every_directory_is_named() {
        let text = text(&Resources::built_in());
        for name in ["Lila ", "NO MORE Global Directory", "Find A Helpline", "Child Helpline International"] {
            assert!(text.contains(&format!("\n  {name}")), "{text}");
        }
    }
}
