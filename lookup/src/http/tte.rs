//! Answers on a certificate's status: the snapshot's, or BSrE's own where the agency's service is asked.
//!
//! With a live source the time would tell who is known, since only they are asked about. So every answer, found
//! or not, live, kept or the snapshot's, is given at one time after the question.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use model::Date;
use model::hours::Zone;
use model::lookup::{RefusalCode, ToldStatus, TteAnswer};
use tokio::time::{Instant, sleep_until};

use super::answer::Refused;
use super::question::Question;
use super::{Shared, look_up};
use crate::esign::{Esign, Told};
use crate::snapshot::read::Found;

/// The answer to a question that is admitted, and the one that is thrown away.
pub async fn answer(
    shared: &Arc<Shared>,
    client: IpAddr,
    question: Question,
) -> Result<(TteAnswer, TteAnswer), Refused> {
    let asked = Instant::now();
    let person = question.person();
    let looked = look_up(shared, client, question).await;
    let Some(esign) = &shared.esign else {
        let (found, others, _) = looked?;
        return Ok((held(&found), held(&others)));
    };
    let answer = match looked {
        Ok((found, _, snapshot)) => {
            let status = found.first().and_then(|found| found.tte);
            // Nobody at BSrE knows invented people.
            let is_asked = !found.is_empty() && !snapshot.meta.practice;
            let told = match person {
                Some(person) if is_asked => esign.ask(person, asked).await,
                _ => None,
            };
            Ok(match (told, status) {
                (Some(told), _) => live(told, shared.profile.zone),
                (None, Some(status)) => TteAnswer {
                    status: Some(ToldStatus::Known(status)),
                    date: is_asked.then(|| snapshot.meta.data_date.clone()),
                    time: None,
                },
                (None, None) => TteAnswer::default(),
            })
        }
        // One that was looked up and failed must not be told sooner.
        Err(Refused::Because(RefusalCode::Fault)) => Err(Refused::Because(RefusalCode::Fault)),
        // Others are refused for what they ask or how often, whoever is asked about.
        Err(refused) => return Err(refused),
    };
    wait(esign, asked).await;
    answer.map(|answer| (answer, TteAnswer::default()))
}

/// What the snapshot says.
fn held(found: &[Found]) -> TteAnswer {
    let status = found.first().and_then(|found| found.tte);
    TteAnswer {
        status: status.map(ToldStatus::Known),
        ..TteAnswer::default()
    }
}

async fn wait(esign: &Esign, asked: Instant) {
    sleep_until(asked + esign.answer_time()).await;
}

fn live(told: Told, zone: Zone) -> TteAnswer {
    let since = told.at.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (date, time) = at(i64::try_from(since.as_secs()).unwrap_or(i64::MAX), zone);
    TteAnswer {
        status: Some(told.status),
        date: Some(date),
        time: Some(time),
    }
}

/// Date and time of day there: `2026-11-23` and `10.15 WIB`.
fn at(unix_seconds: i64, zone: Zone) -> (String, String) {
    let offset = zone.offset_seconds();
    let date = Date::at(unix_seconds, offset).as_str().to_owned();
    let minutes = unix_seconds.saturating_add(offset).rem_euclid(86_400) / 60;
    let (hour, minute) = (minutes / 60, minutes % 60);
    (date, format!("{hour:02}.{minute:02} {}", zone.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_the_agencys() {
        // 2026-11-23T20:05:59Z, by `date -u -d … +%s`.
        let told = |zone| {
            let (date, time) = at(1_795_464_359, zone);
            format!("{date} {time}")
        };
        assert_eq!(told(Zone::Wib), "2026-11-24 03.05 WIB");
        assert_eq!(told(Zone::Wit), "2026-11-24 05.05 WIT");
    }
}
