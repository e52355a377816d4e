//! What the scan finds, and what it must leave alone.

use ideamine_core::ports::SourceFile;

use super::scan;

fn rules(path: &str, text: &str) -> Vec<String> {
    let file = SourceFile { path: path.to_owned(), content: text.to_owned() };
    scan(&[file])
        .into_iter()
        .map(|hit| format!("{}@{}", hit.rule, hit.place.rsplit(':').next().unwrap_or_default()))
        .collect()
}

#[test]
fn dangerous_constructs_are_found_with_their_line() {
    let check = |text: &str, expected: &str| assert_eq!(rules("app/x.py", text), [expected], "{text}");
    check("x = eval(text)", "dangerous-eval@1");
    check("\n\nexec(code)", "dangerous-eval@3");
    check("import os\nos.system('ls ' + x)", "shell-command@2");
    check("subprocess.run(cmd, shell=True)", "shell-command@1");
    check("subprocess.run(\n  cmd,\n  shell = True,\n)", "shell-command@3");
    check("pickle.loads(body)", "unsafe-deserialisation@1");
    check("from pickle import loads", "unsafe-deserialisation@1");
    check("yaml.load(f)", "unsafe-deserialisation@1");
    check("yaml.load(f, Loader=yaml.Loader)", "unsafe-deserialisation@1");
    check("m = __import__(name)", "dynamic-import@1");
    check("HTTPServer(('0.0.0.0', 80), H)", "listens-everywhere@1");
    check("HTTPServer(('', port), H)", "listens-everywhere@1");
    check("sock.bind(('', 80))", "listens-everywhere@1");
    check("host = '::'", "listens-everywhere@1");
    check("import urllib.request", "calls-out@1");
    check("from urllib import request, parse", "calls-out@1");
    check("import json, requests", "calls-out@1");
    check("requests_get(url, verify=False)", "tls-unverified@1");
    check("app.run(debug=True)", "debug-mode@1");
    check("API_KEY = 'a8sd7f6a8s7d6f'", "secret-in-source@1");
    check("connect(user='x', password='Hunter2Hunter2')", "secret-in-source@1");
    check("settings = {'secret_key': 'changeme'}", "secret-in-source@1");
    check("KEY = '''-----BEGIN RSA PRIVATE KEY-----'''", "secret-in-source@1");
    check("def page(x):\n    return f'<p>{x}</p>'", "html-not-escaped@2");
    check("'<p>%s</p>' % name", "html-not-escaped@1");
    check("'<p>{}</p>'.format(name)", "html-not-escaped@1");
    check("html = '<p>' + name", "html-not-escaped@1");
}

#[test]
fn a_value_in_sql_is_found_and_a_name_is_not() {
    let sql = |text: &str| rules("app/x.py", text) == ["sql-by-formatting@1"];
    let check =
        |text: &str, found: bool| assert_eq!(sql(text), found, "{text}: {:?}", rules("app/x.py", text));
    check("db.execute(f\"select * from t where id = {key}\")", true);
    check("db.execute(f\"SELECT * FROM t WHERE name = '{name}'\")", true);
    check("db.execute(f\"select * from t where name like '%{q}%'\")", true);
    check("db.execute(f'insert into t (a) values ({a}, {b})')", true);
    check("db.execute(f'select * from t limit {n}')", true);
    check("db.execute('select * from t where id = ' + key)", true);
    check("db.execute('select * from t where id = %s' % key)", true);
    check("db.execute(\"select * from t where id = '%s'\" % key)", true);
    check("db.execute('delete from t where id={}'.format(key))", true);
    check("db.execute(f'update t set a = {a} where id = ?', (key,))", true);
    check("db.execute(f'select * from {table} where id = ?', (key,))", false);
    check("db.execute(f'insert into {table} ({names}) values (?, ?)', values)", false);
    check("marks = ', '.join('?' for _ in r); db.execute(f'insert into {t} values ({marks})', r)", false);
    check("db.execute(f\"insert into {t} values ({', '.join('?' * n)})\", r)", false);
    check("db.execute(f'update {t} set {changes} where id = ?', v)", false);
    check("db.execute('select * from t where id = %s', (key,))", false);
    check("message = f'Updated {n} records'", false);
}

#[test]
fn harmless_look_alikes_are_left_alone() {
    let check = |text: &str| assert_eq!(rules("app/x.py", text), Vec::<String>::new(), "{text}");
    check("# eval(x) is forbidden\nprint('never use eval(x) or os.system')");
    check("pattern = re.compile('x')\nmodel.eval()\ndef exec(self): pass");
    check("yaml.load(f, Loader=yaml.SafeLoader)\nyaml.safe_load(f)");
    check("subprocess.run(['ls'], shell=False)");
    check("HTTPServer(('127.0.0.1', 80), H)");
    check("HTTPServer(('', 0), H, bind_and_activate=False)");
    check(
        "TOKEN_HEADER = 'X-Api-Token1'\npassword = ''\ntoken = 'csrf_token'\npassword = os.environ['PASSWORD_1']",
    );
    check("PASSWORD_HINT = 'At least 8 characters'\nsecret = f'{a}12345678'");
    check("from urllib.parse import quote\nfrom http.server import HTTPServer");
    check("from html import escape\ndef page(x):\n    return f'<p>{escape(x)}</p>'");
    check("if a < b: print(f'{a}')\nprint(f'{a} <- {b}')");
    check("page = '<p>fixed</p>'");
}

#[test]
fn tests_may_do_more_but_hold_no_keys() {
    assert!(rules("tests/test_x.py", "eval('1')\nimport urllib.request").is_empty());
    assert_eq!(rules("tests/test_x.py", "KEY = 'AKIAABCDEFGHIJKLMNOP'"), ["secret-in-source@1"]);
}

#[test]
fn scripts_of_a_page_are_looked_through() {
    assert_eq!(rules("app/static/a.js", "a\nel.innerHTML = x"), ["html-injection@2"]);
    assert_eq!(rules("app/page.html", "<script>eval(x)</script>"), ["dangerous-eval@1"]);
    assert!(rules("app/static/a.js", "el.textContent = x").is_empty());
}
