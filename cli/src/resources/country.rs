//! Countries by their two letters. Somebody names one; it is never taken from a locale or an address.

use std::fmt;
use std::str::FromStr;

/// A country of ISO 3166-1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Country(String);

impl Country {
    /// Whether what holds for the European Union holds here.
    pub(super) fn is_in_the_eu(&self) -> bool {
        has(EU, &self.0)
    }
}

impl FromStr for Country {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let letters = text.trim().to_ascii_uppercase();
        if has(COUNTRIES, &letters) {
            return Ok(Self(letters));
        }
        // Many write UK, which the standard keeps free for them but does not use.
        Err(match letters.as_str() {
            "UK" => "the United Kingdom is GB".to_owned(),
            _ => "write the two letters of a country, for example DE, GB or US".to_owned(),
        })
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn has(list: &str, letters: &str) -> bool {
    list.split_whitespace().any(|known| known == letters)
}

/// The members since 2020.
const EU: &str = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK";

/// ISO 3166-1 alpha-2 as of 2023, from the time zone database (`iso3166.tab`, public domain).
const COUNTRIES: &str = "\
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO \
FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE \
JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO \
MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW \
PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM \
TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_letters_name_a_country() {
        assert_eq!("gb".parse::<Country>().unwrap().to_string(), "GB");
        assert!("UK".parse::<Country>().unwrap_err().contains("GB"));
        for no_country in ["", "ZZ", "EU", "Germany", "AD AE"] {
            assert!(no_country.parse::<Country>().is_err(), "{no_country}");
        }
        assert_eq!((COUNTRIES.split(' ').count(), EU.split(' ').count()), (249, 27));
        assert!(EU.split(' ').all(|member| has(COUNTRIES, member)));
    }
}
