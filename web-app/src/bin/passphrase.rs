//! Starts Uji Passphrase in its frame.

fn main() {
    web_app::passphrase::start();
}
