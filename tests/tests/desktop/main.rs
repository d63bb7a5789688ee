//! Journeys through the real window, one after the other: two web views on two cores time each other out.

mod start;
