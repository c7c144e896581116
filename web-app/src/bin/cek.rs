//! Starts Cek Email and Cek TTE, whichever the page holds.

fn main() {
    web_app::look_up::start();
}
