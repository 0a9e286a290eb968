//! Integration tests: what the product promises over HTTP, against a real Postgres. One file a slice.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where something is not as it should be")]
#![expect(clippy::disallowed_methods, reason = "tests look into the database past the one door")]

mod accounts;
mod ai_settings;
mod attachments;
mod attacks;
mod bad_input;
mod catalogue;
mod circles;
mod delivery;
mod desk_history;
mod doors;
mod embedded;
mod endpoints;
mod escalations;
mod export;
mod facts;
mod fixes;
mod followers;
mod history;
mod hypotheses;
mod images;
mod invariants;
mod live;
mod local_desk;
mod main_job;
mod markers;
mod notes;
mod outages;
mod pages;
mod providers;
mod psa_budgets;
mod psa_conformance;
mod psa_connections;
mod psa_connectwise;
mod psa_delivery;
mod psa_end_to_end;
mod psa_faults;
mod psa_live;
mod psa_members;
mod psa_proof;
mod psa_retries;
mod psa_settings;
mod psa_simulator;
mod psa_time;
mod replies;
mod security;
mod sessions;
mod shares;
mod support;
mod ticket_writes;
mod tickets;
mod tidy;
mod turns;
mod usage;
