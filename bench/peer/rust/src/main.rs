//! The same call by the AWS SDK for Rust: bench-rust CALLS ENDPOINT
//!
//! Prints as JSON what it used; the keys come by BENCH_KEY_ID and BENCH_SECRET_KEY. One client on a runtime of one
//! thread, which takes less than tokio's usual one.
use aws_sdk_sts::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sts::{Client, Config};
use std::{env, error::Error, mem, time::Instant};

const WARM_UP_CALLS: u32 = 2;

/// User and system, of all threads.
fn cpu_s() -> f64 {
    // SAFETY: rusage is plain numbers, for which zeros are valid, and the call writes no more than it.
    let used = unsafe {
        let mut used: libc::rusage = mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut used);
        used
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(used.ru_utime) + seconds(used.ru_stime)
}

fn client(endpoint: &str) -> Result<Client, Box<dyn Error>> {
    let keys = Credentials::new(env::var("BENCH_KEY_ID")?, env::var("BENCH_SECRET_KEY")?, None, None, "bench");
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(keys)
        .build();
    Ok(Client::from_conf(config))
}

async fn call(client: &Client, count: u32) -> Result<(), Box<dyn Error>> {
    for _ in 0..count {
        let role = "arn:aws:iam::123456789012:role/build";
        let answer = client.assume_role().role_arn(role).role_session_name("bench").send().await?;
        answer.credentials().ok_or("no credentials came")?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().collect();
    let [_, calls, endpoint] = &arguments[..] else { return Err("usage: bench-rust CALLS ENDPOINT".into()) };
    let calls: u32 = calls.parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let client = client(endpoint)?;
    runtime.block_on(call(&client, WARM_UP_CALLS))?;
    let (wall, cpu) = (Instant::now(), cpu_s());
    runtime.block_on(call(&client, calls))?;
    println!(
        r#"{{"calls": {calls}, "warm_up": {WARM_UP_CALLS}, "wall_s": {:.6}, "cpu_s": {:.6}}}"#,
        wall.elapsed().as_secs_f64(),
        cpu_s() - cpu
    );
    Ok(())
}
