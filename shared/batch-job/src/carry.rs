//! From a specification to a result.

use ideamine_core::Failure;
use ideamine_core::ports::{JobSpec, Jobs};

use crate::store::Store;

/// Works the job of this store.
///
/// # Errors
/// Those of [`Store`] and of the sandbox; nothing is stored then, and Batch may try again.
pub(crate) async fn carry(store: &Store, jobs: &dyn Jobs) -> Result<(), Failure> {
    let spec: JobSpec = serde_json::from_slice(&store.spec().await?)
        .map_err(|e| Failure::corrupt(format!("the job's specification: {e}")))?;
    let result = jobs.run(spec).await?;
    let bytes = serde_json::to_vec(&result).map_err(|e| Failure::bug(format!("a job's result: {e}")))?;
    store.keep(bytes).await
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use async_trait::async_trait;
    use ideamine_core::ports::{JobEnd, JobLimits, JobResult};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers with these heads, one for each request, and keeps what it was asked.
    async fn bucket(answers: &'static [&'static str], spec: String) -> (String, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        tokio::spawn(async move {
            for status in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !whole(&request) {
                    assert!(stream.read_buf(&mut request).await.unwrap() > 0, "cut off");
                }
                let request = String::from_utf8(request).unwrap();
                let body = if request.starts_with("GET") { spec.as_str() } else { "" };
                kept.lock().unwrap().push(request);
                let length = body.len();
                let head =
                    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
                stream.write_all((head + body).as_bytes()).await.unwrap();
            }
        });
        (url, asked)
    }

    fn whole(request: &[u8]) -> bool {
        let text = String::from_utf8_lossy(request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        body.len() >= length.map_or(0, |n| n.parse().unwrap())
    }

    struct Echo;

    #[async_trait]
    impl Jobs for Echo {
        async fn run(&self, spec: JobSpec) -> Result<JobResult, Failure> {
            Ok(JobResult {
                end: JobEnd::Exited { code: 0 },
                stdout: spec.argv.join(" "),
                stderr: String::new(),
                exchanges: Vec::new(),
                files: Vec::new(),
                tool: "echo".to_owned(),
                duration_ms: 0,
            })
        }
        async fn probe(&self) -> Result<String, Failure> {
            Ok("echo".to_owned())
        }
    }

    fn spec() -> String {
        let spec = JobSpec {
            argv: vec!["say".to_owned(), "hello".to_owned()],
            files: Vec::new(),
            env: Vec::new(),
            limits: JobLimits::default(),
            requests: Vec::new(),
            collect: false,
        };
        serde_json::to_string(&spec).unwrap()
    }

    async fn carried(answers: &'static [&'static str], spec: String) -> (Result<(), Failure>, Vec<String>) {
        let (url, asked) = bucket(answers, spec).await;
        let store =
            Store::new(&format!("{url}/spec?sig=s3cret"), &format!("{url}/result?sig=s3cret")).unwrap();
        let end = carry(&store, &Echo).await;
        let asked = asked.lock().unwrap().clone();
        (end, asked)
    }

    #[tokio::test]
    async fn the_result_is_stored_once_where_the_address_says() {
        let (end, asked) = carried(&["200 OK", "200 OK"], spec()).await;
        end.unwrap();
        assert!(asked[0].starts_with("GET /spec?sig=s3cret "), "{}", asked[0]);
        assert!(asked[1].starts_with("PUT /result?sig=s3cret "), "{}", asked[1]);
        assert!(asked[1].contains("if-none-match: *\r\n"), "{}", asked[1]);
        let (_, body) = asked[1].split_once("\r\n\r\n").unwrap();
        let result: JobResult = serde_json::from_str(body).unwrap();
        assert_eq!((result.end, result.stdout.as_str()), (JobEnd::Exited { code: 0 }, "say hello"));
    }

    /// Time is virtual: pauses pass at once. What failed, and how often the bucket was asked.
    #[tokio::test(start_paused = true)]
    async fn trouble_is_tried_again_and_named_without_the_address() {
        let failing: &[(&'static [&'static str], String, &str, usize)] = &[
            (&["403 Forbidden"], spec(), "403", 1),
            (&["404 Not Found"], spec(), "404", 1),
            (&["503 Slow Down", "503 Slow Down", "503 Slow Down", "503 Slow Down"], spec(), "503", 4),
            (&["200 OK"], "no json".to_owned(), "specification", 1),
            (&["200 OK", "403 Forbidden"], spec(), "403", 2),
        ];
        for (answers, spec, word, requests) in failing {
            let (end, asked) = carried(answers, spec.clone()).await;
            let told = end.unwrap_err().to_string();
            assert!(told.contains(word) && !told.contains("s3cret"), "{told}");
            assert_eq!(asked.len(), *requests, "{told}");
        }
        let passing: &[(&'static [&'static str], usize)] = &[
            (&["500 Oops", "200 OK", "429 Too Many Requests", "200 OK"], 4),
            // Another attempt stored it first: it is the same job.
            (&["200 OK", "412 Precondition Failed"], 2),
        ];
        for (answers, requests) in passing {
            let (end, asked) = carried(answers, spec()).await;
            end.unwrap();
            assert_eq!(asked.len(), *requests);
        }
    }

    #[tokio::test]
    async fn addresses_are_encrypted_or_of_this_machine() {
        for url in ["http://192.0.2.1/x", "ftp://127.0.0.1/x", "no address"] {
            let told = Store::new(url, "https://bucket.example/y").err().unwrap().to_string();
            assert!(told.contains("https"), "{told}");
        }
    }
}
