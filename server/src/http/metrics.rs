//! `GET /metrics`, on an address of its own that only this machine reaches: coarse figures in the
//! text format that Prometheus reads.

use super::problem::HttpError;
use super::work;
use crate::app::{Vitals, Wall};
use actix_web::web::Data;
use actix_web::HttpResponse;
use std::fmt::Write as _;

/// How the wall is.
pub async fn metrics(wall: Data<Wall>) -> Result<HttpResponse, HttpError> {
    let vitals = work::run(move || Ok(wall.vitals())).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(text(&vitals)))
}

fn text(vitals: &Vitals) -> String {
    let figures = [
        (
            "ready",
            "1 while a visitor would succeed",
            Some(u64::from(vitals.ready)),
        ),
        (
            "roster_days_left",
            "Whole days until the roster is over",
            Some(vitals.roster_days_left),
        ),
        (
            "days_since_desk",
            "Days since a desk synced; missing where none is known",
            vitals.days_since_desk.map(u64::from),
        ),
        (
            "stamp_bits",
            "Bits an envelope's stamp needs now",
            Some(u64::from(vitals.stamp_bits)),
        ),
        (
            "stamp_bits_least",
            "Bits it needs where nothing presses",
            Some(u64::from(vitals.stamp_bits_least)),
        ),
        (
            "quota_quarters",
            "Quarters of the fullest quota that the last epoch used; 3 is the reserve",
            Some(u64::from(vitals.quota_quarters)),
        ),
        (
            "disk_has_room",
            "0 where puts are refused for want of room",
            Some(u64::from(vitals.disk_has_room)),
        ),
        (
            "parts_have_room",
            "0 where parts are refused, so that there is room for envelopes",
            Some(u64::from(vitals.disk_has_room_for_parts)),
        ),
    ];
    let mut text = String::new();
    for (name, help, figure) in figures {
        let Some(figure) = figure else { continue };
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "# HELP beistand_{name} {help}\n# TYPE beistand_{name} gauge\nbeistand_{name} {figure}\n"
        );
    }
    text
}
