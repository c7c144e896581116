//! Pandu's build tool: agencies' guides → a static site.
//!
//! One way through, each stage a function from one value to the next:
//!
//! 1. [`load`]: files, as they are
//! 2. [`site`]: parsed ([`profile`], [`front_matter`], [`markdown`]) and resolved, with the agency's [`facts`]
//! 3. [`check`]: what can be judged only once all is known; [`lint`]: what is better mended
//! 4. [`output`]: every file of the site, rendered with the [`theme`]
//! 5. [`pack`]: compressed; [`emit`]: written beside the old site, swapped in; [`bundle`]: zipped for a USB stick
//!
//! [`build`] walks that way; mistakes are collected on it as [`diagnostic`]s and reported together. [`budget`]
//! weighs and judges what came out, as a browser would meet it.

pub mod assets;
pub mod budget;
pub mod build;
pub mod bundle;
pub mod chart;
pub mod chat;
pub mod check;
pub mod client;
pub mod colour;
pub mod contrast;
pub mod date;
pub mod deck;
pub mod diagnostic;
pub mod emit;
pub mod fact_list;
pub mod facts;
pub mod front_matter;
pub mod gallery;
pub mod html;
pub mod icons;
pub mod json_ld;
pub mod lint;
pub mod load;
pub mod mail;
pub mod markdown;
pub mod medium;
pub mod offline;
pub mod output;
pub mod overfull;
pub mod pack;
pub mod page;
pub mod policy;
pub mod practice;
pub mod probe_targets;
pub mod problems;
pub mod profile;
pub mod progress;
pub mod scaffold;
pub mod scripts;
pub mod sealed;
pub mod search_index;
pub mod serve;
pub mod session;
pub mod sign;
pub mod site;
pub mod site_assets;
pub mod slug;
pub mod source;
pub mod squeeze;
pub mod statuses;
pub mod styles;
pub mod synonyms;
pub mod theme;
pub mod toml_table;
pub mod web_app;
mod xml;
