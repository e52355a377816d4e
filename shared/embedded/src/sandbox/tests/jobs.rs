use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{JobEnd, JobSpec, Jobs, SourceFile};

use super::{OK, run, script, spec};
use crate::sandbox::Bubblewrap;

#[tokio::test]
async fn without_bubblewrap_nothing_runs_and_the_message_says_what_to_install() {
    let empty = tempfile::tempdir().unwrap();
    let sandbox = Bubblewrap::new(empty.path());
    let failure = sandbox.run(spec("print(1)")).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::SandboxMissing);
    assert!(failure.message.contains("apt install bubblewrap"), "{failure}");
    assert_eq!(sandbox.probe().await.unwrap_err(), failure);
}

#[tokio::test]
async fn a_bubblewrap_that_the_kernel_refuses_is_missing_too() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let fake = dir.path().join("bwrap");
    let text = "#!/bin/sh\n[ \"$1\" = --version ] && echo bubblewrap 0.8.0 && exit 0\necho 'bwrap: No permissions to create a new namespace' >&2\nexit 1\n";
    std::fs::write(&fake, text).unwrap();
    std::fs::set_permissions(&fake, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut path = std::ffi::OsString::from(dir.path());
    path.push(":/usr/bin:/bin");
    let failure = Bubblewrap::new(path).run(spec("print(1)")).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::SandboxMissing);
    assert!(failure.message.contains("No permissions to create a new namespace"), "{failure}");
}

#[tokio::test]
async fn a_plain_job_runs_and_its_exit_status_is_told() {
    let check = async |text: &str, end: JobEnd, stdout: &str| {
        let Some(result) = script(text).await else { return };
        assert_eq!((result.end, result.stdout.as_str()), (end, stdout), "{}", result.stderr);
    };
    check("print('hello')", OK, "hello\n").await;
    check("import os; print(os.getcwd(), os.getuid(), os.environ['HOME'])", OK, "/job 1000 /job\n").await;
    check(
        "import sys; print('all tests passed'); sys.exit(3)",
        JobEnd::Exited { code: 3 },
        "all tests passed\n",
    )
    .await;
    check("import os; os.kill(os.getpid(), 11)", JobEnd::Signalled { signal: 11 }, "").await;
    check(
        "import sys; sys.stderr.write('bwrap: No permissions'); sys.exit(1)",
        JobEnd::Exited { code: 1 },
        "",
    )
    .await;
}

#[tokio::test]
async fn an_unknown_program_is_a_failed_job() {
    let Some(result) = run(JobSpec { argv: vec!["no-such-program".to_owned()], ..spec("") }).await else {
        return;
    };
    assert!(matches!(result.end, JobEnd::Exited { code: 126 | 127 }), "{result:?}");
}

#[tokio::test]
async fn an_output_flood_is_drained_and_cut() {
    let text = "import sys\nfor i in range(200_000):\n    sys.stdout.write('x' * 99 + '\\n')\nprint('end')";
    let mut flood = spec(text);
    flood.limits.output_bytes = 1_000;
    let Some(result) = run(flood).await else { return };
    assert_eq!(result.end, OK);
    assert!(result.stdout.len() < 1_100 && result.stdout.ends_with("end\n"), "{}", result.stdout.len());
}

#[tokio::test]
async fn only_regular_files_are_collected() {
    let text = "import os\nos.mkdir('d'); open('d/a', 'w').write('1'); open('d/.hidden', 'w').write('2')\n\
                os.symlink('/etc/passwd', 'link'); os.symlink('d', 'e'); os.symlink('/', 'root'); os.mkfifo('pipe')\n\
                os.mkdir('locked'); open('locked/x', 'w').write('3'); os.chmod('locked', 0)\nos.remove('main.py')\n";
    let Some(result) = run(JobSpec { collect: true, ..spec(text) }).await else { return };
    let paths: Vec<&str> =
        result.files.iter().map(|f| f.path.as_str()).filter(|p| *p != "locked/x").collect();
    assert_eq!((result.end, paths), (OK, vec!["d/.hidden", "d/a"]), "{}", result.stderr);
    assert!(result.stderr.contains("not collected"), "{}", result.stderr);
}

#[tokio::test]
async fn what_an_ended_job_left_is_collected_however_it_left_it() {
    let check = async |text: &str| {
        let Some(result) = run(JobSpec { collect: true, ..spec(text) }).await else { return };
        let paths: Vec<&str> = result.files.iter().map(|f| f.path.as_str()).collect();
        assert_eq!((result.end, paths.as_slice()), (OK, &["main.py"][..]), "{}", result.stderr);
    };
    check("import os\nos.chmod('/job', 0)").await;
    check("import os\nfor i in range(3000): os.mkdir('d'); os.chdir('d')").await;
    check("import os\nif os.fork() == 0:\n    while True: open('main.py', 'a').write('#')").await;
}

#[tokio::test]
async fn an_unusable_specification_is_refused() {
    let sandbox = Bubblewrap::from_env();
    if sandbox.probe().await.is_err() {
        return;
    }
    let file = |path: &str| vec![SourceFile { path: path.to_owned(), content: String::new() }];
    let bad = [
        JobSpec { argv: Vec::new(), ..spec("") },
        JobSpec { argv: vec!["a\0b".to_owned()], ..spec("") },
        JobSpec { env: vec![("A=B".to_owned(), String::new())], ..spec("") },
        JobSpec { files: file("../x"), ..spec("") },
        JobSpec { files: file("/x"), ..spec("") },
    ];
    for spec in bad {
        assert_eq!(sandbox.run(spec.clone()).await.unwrap_err().kind, FailureKind::InputInvalid, "{spec:?}");
    }
}
