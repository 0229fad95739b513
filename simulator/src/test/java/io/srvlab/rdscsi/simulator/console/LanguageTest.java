package io.srvlab.rdscsi.simulator.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is typed, and what exactly comes back. The menu holds {@code pool} (*1), {@code a} (*2, comment {@code held}), {@code b} (*3). */
final class LanguageTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource({
        "values",
        "filters",
        "errors",
        "variables",
        "blocks",
        "strings",
        "commands",
        "lines",
        "conversions",
        "properties"
    })
    @DisplayName("what is typed brings back what a device would print")
    void answers(String typed, String shown) {
        var output = Appliance.console(Appliance.threeDisks()).run(typed);
        assertThat(visible(output.text())).isEqualTo(shown);
    }

    /** Line ends as marks: {@code ~} for CRLF, {@code !} for LF alone. */
    private static String visible(String text) {
        return text.replace("\r\n", "~").replace("\n", "!");
    }

    static Stream<Arguments> values() {
        return Stream.of(
                row(":put \"x\"", "x~"),
                row(":put x", "x~"),
                row(":put 5", "5~"),
                row(":put [:typeof 5]", "num~"),
                row(":put [:typeof \"5\"]", "str~"),
                row(":put [:typeof 10.0.0.1]", "ip~"),
                row(":put [:typeof 10.0.0.0/8]", "ip-prefix~"),
                row(":put [:typeof fe80::1]", "ip6~"),
                row(":put 7.24.1", "7.24.0.1~"),
                row(":put [:typeof 7.24.1]", "ip~"),
                row(":put [:typeof \"7.24.1\"]", "str~"),
                row(":put [:typeof *1A]", "id~"),
                row(":put [:typeof 10s]", "time~"),
                row(":put 1w2d3h4m5s", "1w2d03:04:05~"),
                row(":put [:typeof yes]", "bool~"),
                row(":put yes", "true~"),
                row(":put [:typeof pvc-1]", "str~"),
                row(":put [:typeof 50G]", "str~"),
                row(":put [:typeof {1;2}]", "array~"),
                row(":put [:typeof [:nothing]]", "nothing~"),
                row(":put {1;2;\"x\"}", "1;2;x~"),
                row(":put [:len {1\n2\n 3}]", "3~"),
                row(":put [:len {1;2\n}]", "2~"),
                row(":put ({1;2}->1)", "2~"),
                row(":put ({1;2}->5)", "~"),
                row(":put ({\"k\"=1;b=\"v\"}->\"b\")", "v~"),
                row(":put [:typeof {}]", "syntax error (line 1 column 16)!"),
                row(":put {1;2", "missing closing brace (line 1 column 10)!"),
                row(":put [:len \"abc\"]", "3~"),
                row(":put [:pick \"abc\" 1]", "b~"),
                row(":put [:pick \"abc\" 1 9]", "bc~"),
                row(":put [:pick {1;2;3} 0 2]", "1;2~"),
                row(":put [:find \"abc\" \"c\"]", "2~"),
                row(":put [:typeof [:find \"abc\" \"z\"]]", "nothing~"),
                row(":put [:tonum \"12\"]", "12~"),
                row(":put [:typeof [:tonum \"x\"]]", "nothing~"),
                row(":put [:typeof [:tostr 12]]", "str~"),
                row(":put (1 + 2 * 3)", "7~"),
                row(":put (7 / 2 - 7 % 2)", "2~"),
                row(":put (-3)", "-3~"),
                row(":put (5-3)", "2~"),
                row(":put (10.0.0.0/8 = 10.0.0.0/8)", "true~"),
                row(":put (1 / 0)", "divide by zero (:put; line 1)!"),
                row(":put (\"a\" . 1 . \"b\")", "a1b~"),
                row(":put (\"1\" = 1)", "false~"),
                row(":put (1 = 1 and !(2 < 1))", "true~"),
                row(":put (1 != 1 or 2 >= 2)", "true~"),
                row(":put (2 in {1;2})", "true~"),
                row(":put (\"pvc-1\" ~ \"^pvc-[0-9]+\\$\")", "true~"),
                row(":put (\"a\" ~ \"\\\\d\")", "invalid regular expression (:put; line 1)!"),
                row(":put [:serialize to=json value={1;\"2\";yes;*1A;[:nothing]}]", "[1,2.000000,true,\"*1A\",null]~"),
                row(":put [:serialize to=json options=json.no-string-conversion value={1;\"2\"}]", "[1,\"2\"]~"),
                row(":put (\"a.b\" ~ \"^a\\\\.b\\$\")", "true~"),
                row(":put (\"a\\\\5\" ~ \"^[[:alpha:]][\\\\][[:digit:]]\\$\")", "true~"),
                row(":put (\"a\" ~ \"a*+\")", "invalid regular expression (:put; line 1)!"),
                row(":put (\"a\" ~ \"(\\?i)A\")", "invalid regular expression (:put; line 1)!"),
                row(":put (\"a\" ~ \"[a\")", "invalid regular expression (:put; line 1)!"),
                row(":put [:serialize to=json value=\"123\"]", "123.000000~"),
                row(":put [:serialize to=json options=json.no-string-conversion value=\"123\"]", "\"123\"~"),
                row(
                        ":put [:serialize to=json value={\"a\"=\"q\\\"\\\\\\0A\\01\"}]",
                        "{\"a\":\"q\\\"\\\\\\n\\u0001\"}~"),
                row(":put [:serialize to=xml value=1]", "input does not match any value of to (:serialize; line 1)!"),
                row(
                        ":put [:serialize to=json value=1 options=json.pretty]",
                        "input does not match any value of options (:serialize; line 1)!"));
    }

    static Stream<Arguments> filters() {
        return Stream.of(
                row(":put [/disk/find where slot=\"a\"]", "*2~"),
                row(":put [/disk/find where slot=a]", "*2~"),
                row(":put [/disk/find where slot=$slot]", "*1;*2;*3~"),
                row(":local slot \"a\"; :put [/disk/find where slot=$slot]", "*1;*2;*3~"),
                row(":local wanted \"a\"; :put [/disk/find where slot=$wanted]", "*2~"),
                row(":put [/disk/find where comment]", "*2~"),
                row(":put [/disk/find where !comment]", "*1;*3~"),
                row(":put [/disk/find where comment=\"\"]", "~"),
                row(":put [/disk/find where slot=\"b\" !comment]", "*3~"),
                row(":put [/disk/find where slot=\"a\" !comment]", "~"),
                row(":put [/disk/find where slot=\"a\" comment=\"held\"]", "*2~"),
                row(":put [/disk/find where slot=\"a\" or slot=\"b\"]", "*2;*3~"),
                row(":put [/disk/find where (slot=\"a\" || slot=\"b\") && type=file]", "*2;*3~"),
                row(":put [/disk/find where !(slot=\"a\")]", "*1;*3~"),
                row(":put [/disk/find where slot!=\"a\"]", "*1;*3~"),
                row(":put [/disk/find where !(slot~\"^[ab]\")]", "*1~"),
                row(":put [/disk/find where slot!~\"a\"]", "syntax error (line 1 column 29)!"),
                row(":put [/disk/find where size>1000]", "*1;*3~"),
                row(":put [/disk/find where size=1000]", "*2~"),
                row(":put [/disk/find where size=\"1000\"]", "~"),
                row(
                        ":put [/disk/find where slot>\"a\"]",
                        "cannot compare if string is more than string (/disk/find; line 1)!"),
                row(":put [/disk/find where nvme-tcp-export]", "*3~"),
                row(":put [/disk/find where nvme-tcp-export=yes]", "*3~"),
                row(":put [/disk/find where nvme-tcp-export=\"yes\"]", "~"),
                row(":put [/disk/find where .id=*2]", "*2~"),
                row(":put [/disk/find where .id=\"*2\"]", "~"),
                row(":put [/disk/find where no-such=1]", "expected end of command (line 1 column 24)!"),
                row(":put [/disk/find slot=\"a\"]", "expected end of command (line 1 column 18)!"),
                row(
                        ":put [/disk/find where slot=\"a\" && slot>1]",
                        "cannot compare if string is more than num (/disk/find; line 1)!"),
                row(
                        ":put [/disk/find where slot=\"nobody\" && slot>1]",
                        "cannot compare if string is more than num (/disk/find; line 1)!"),
                row(":put [:len [/disk/find]]", "3~"));
    }

    static Stream<Arguments> errors() {
        return Stream.of(
                row(":put [/disk/get *9 slot]", "no such item (/disk/get; line 1)!"),
                row(":put [/disk/get [find where slot=\"x\"] slot]", "no such item (/disk/get; line 1)!"),
                row(":put [/disk/get \"a\" size]", "1000~"),
                row(":put [/disk/get *2 value-name=slot]", "a~"),
                row(":put [/disk/get number=*2 value-name=slot]", "a~"),
                row(":put [/disk/get *2 no-such]", "input does not match any value of value-name (/disk/get; line 1)!"),
                row(":put [:typeof [/disk/get *3 comment]]", "nothing~"),
                row(":put [/disk/get [find] slot]", "invalid internal item number (/disk/get; line 1)!"),
                row(":error \"boom\"", "boom (:error; line 1)!"),
                row("/disk/add slot=\"x\"", "Script Error: missing value(s) of argument(s) type (/disk/add; line 1)!"),
                row("/disk/add type=file slot=\"full\"", "failure: not enough space (/disk/add; line 1)!"),
                row("/disk/add type=file nonsense=1", "expected end of command (line 1 column 21)!"),
                row("/disk/add type=file size=1", "expected end of command (line 1 column 21)!"),
                row("/foo/print", "syntax error (line 1 column 2)!"),
                row("/disk/foo", "syntax error (line 1 column 7)!"),
                row("/foo print", "bad command name foo (line 1 column 2)!"),
                row("/disk foo a=1", "bad command name foo (line 1 column 7)!"),
                row(":do { /disk/foo } on-error={ :put \"caught\" }", "syntax error (line 1 column 13)!"),
                row(":do { /disk foo where x=\"}\" } on-error={ :put \"caught\" }", "caught~"),
                row(":do { /disk/get *9 slot } on-error={ :put \"caught\" }", "caught~"),
                row(
                        ":do { /disk/add type=file x=1 } on-error={ :put \"caught\" }",
                        "expected end of command (line 1 column 27)!"),
                row(":onerror e in={ :error \"boom\" } do={ :put \"got $e\" }", "got boom (:error; line 1)~"),
                row(":Put x", "bad command name Put (line 1 column 2)!"),
                row("/disk/PRINT", "syntax error (line 1 column 7)!"),
                row(":put [:fetchall value=\"1\"]", "bad command name fetchall (line 1 column 8)!"),
                row(":", "expected command name (line 1 column 2)!"),
                row("/disk", "expected command name (line 1 column 6)!"),
                row(":put []", "expected command name (line 1 column 7)!"),
                row(":put", "missing value(s) of argument(s) message (:put; line 1)!"),
                row(":put a b", "expected end of command (line 1 column 8)!"),
                row(":put a=b", "expected end of command (line 1 column 6)!"),
                row(":put [", "expected command name (line 1 column 7)!"),
                row(":put (1", "syntax error (line 1 column 8)!"),
                row(":if (true) do={ :put x", "expected closing brace (line 1 column 23)!"),
                row(":put x }", "expected end of command (line 1 column 8)!"),
                row("/disk/remove *9", "no such item (/disk/remove; line 1)!"),
                row("/disk/remove 0", "no such item (/disk/remove; line 1)!"),
                row("/disk/remove", "Script Error: missing value(s) of argument(s) numbers (/disk/remove; line 1)!"),
                row("/disk/remove \"nobody\"", "no such item (/disk/remove; line 1)!"),
                row("/disk/remove [find where slot=\"nobody\"]", ""),
                row("/disk/set [find where slot=\"nobody\"] comment=\"x\"", ""),
                row("/disk/set *2 comment=[:nothing]", "invalid value for argument comment (/disk/set; line 1)!"),
                row(":delay 2h", "invalid value for argument delay-time (:delay; line 1)!"));
    }

    static Stream<Arguments> variables() {
        return Stream.of(
                row(":local a 5; :put $a", "5~"),
                row(":local a 5; :set a 6; :put $a", "6~"),
                row(":put before; :set a 6", "syntax error (line 1 column 19)!"),
                row(":local a; :put [:typeof $a]", "nothing~"),
                row(":put $a", "syntax error (line 1 column 6)!"),
                row(":local my_var 1", "expected end of command (line 1 column 10)!"),
                row(":local my-var 1", "expected end of command (line 1 column 10)!"),
                row(":local \"my-var\" 1; :put $\"my-var\"", "1~"),
                row(":local \"my_var\" 1; :put \"$my_var\"", "_var~"),
                row(":local a 1; { :local a 2 }; :put $a", "1~"),
                row(":local a 1; { :set a 2 }; :put $a", "2~"),
                row("{ :local a 1 }; :put $a", "syntax error (line 1 column 22)!"),
                row(":local a 1\n:put \"<$a>\"", "<>~"),
                row(":global a 1\n:global a; :put $a", "1~"),
                row(":local m {\"k\"=7}; :put ($m->\"k\")", "7~"),
                row(":local i 5; :foreach i in={1;2} do={ :put $i }; :put $i", "1~2~5~"));
    }

    static Stream<Arguments> blocks() {
        return Stream.of(
                row(":if (1 = 1) do={ :put y } else={ :put n }", "y~"),
                row(":if (1 = 2) do={ :put y } else={ :put n }", "n~"),
                row(":if (\"yes\") do={ :put y }", "conditional not boolean (:if; line 1)!"),
                row(":if ([:len [/disk/find where slot=\"a\"]] = 1) do={ :put one }", "one~"),
                row(":if (false && (1 / 0 = 1)) do={}", "divide by zero (:if; line 1)!"),
                row(":if (true || (1 / 0 = 1)) do={}", "divide by zero (:if; line 1)!"),
                row(":if (true && \"x\") do={}", "conditional not boolean (:if; line 1)!"),
                row(":for i from=1 to=3 do={ :put $i }", "1~2~3~"),
                row(":for i from=3 to=1 step=-2 do={ :put $i }", "3~1~"),
                row(":local i 0; :while ($i < 2) do={ :set i ($i + 1) }; :put $i", "2~"),
                row(":while (true) do={}", "failure: script takes too many steps!"),
                row(":do { :while (true) do={} } on-error={ :put caught }", "failure: script takes too many steps!"),
                row(":do { :put a; :error \"x\"; :put b } on-error={ :put c }; :put d", "a~c~d~"),
                row(":do { :error \"x\" } on-error={}", ""),
                row(":return", "missing value(s) of argument(s) value (:return; line 1)!"),
                row(":put a; :return 1; :put b", "a~"),
                row(":do { :return 1 } on-error={ :put caught }; :put b", ""),
                row(":onerror e in={ :return 1; :put never } do={ :put caught }; :put after", "after~"),
                row(":local a \"x\"; :set a ($a . $nobody)", "syntax error (line 1 column 28)!"));
    }

    static Stream<Arguments> strings() {
        return Stream.of(
                row(":put \"a\\\"b\\\\c\\$d\\?e\\_f\"", "a\"b\\c$d?e f~"),
                row(":put \"\\0A\\41\"", "!A~"),
                row(":put \"\\C3\\A9\"", "\u00e9~"),
                row(":put [:len \"\\C3\\A9\"]", "2~"),
                row(":put \"\\C3\"", "syntax error (line 1 column 6)!"),
                row(":put \"\\0a\"", "syntax error (line 1 column 7)!"),
                row(":put \"\\q\"", "syntax error (line 1 column 7)!"),
                row(":put \"a$\"", "syntax error (line 1 column 8)!"),
                row(":put \"a$-b\"", "syntax error (line 1 column 8)!"),
                row(":put \"a\\", "syntax error (line 1 column 8)!"),
                row(":put \"a?\"", "syntax error (line 1 column 8)!"),
                row(":put \"a", "syntax error (line 1 column 8)!"),
                row(":put \"<$y>\"", "<>~"),
                row(":local y 1; :put \"<$y-$[:len \"ab\"]-$(1 + 1)>\"", "<1-2-2>~"),
                row(":put \"caf\u00e9\"", "syntax error (line 1 column 10)!"),
                row(":put \"a\u0007\"", "syntax error (line 1 column 8)!"));
    }

    static Stream<Arguments> commands() {
        return Stream.of(
                row(":put [/disk add type=file slot=\"n\"]", "*4~"),
                row("/disk/add type=file slot=\"n\"", ""),
                row("disk/add type=file slot=\"n\"; :put [disk get n type]", "file~"),
                row("/disk/set a comment=\"new\"; :put [/disk/get *2 comment]", "new~"),
                row("/disk/set [find where slot=\"b\"] comment=\"new\"; :put [/disk/get *3 comment]", "new~"),
                row("/disk/set numbers={*2;*3} comment=\"new\"; :put [/disk/find where comment=\"new\"]", "*2;*3~"),
                row("/disk/set *2 comment= new slot=\"z\"; :put [/disk/get *2 comment]", "new~"),
                row("/disk/set *2 comment= slot=\"z\"", "expected end of command (line 1 column 27)!"),
                row("/disk/set *2 comment=", "syntax error (line 1 column 22)!"),
                row("/disk/set *2 comment=a=b", "expected end of command (line 1 column 23)!"),
                row("/disk/set *2 comment=a#b", "expected end of command (line 1 column 23)!"),
                row("/disk/set *2 file-path=/pool/x", "syntax error (line 1 column 24)!"),
                row("/disk/set *2 comment=\"a\" comment=\"b\"", "expected end of command (line 1 column 26)!"),
                row("/disk/set *2 comment=10.0.0.1; :put [/disk/find where comment=\"10.0.0.1\"]", "~"),
                row("/disk/remove a; :put [/disk/find]", "*1;*3~"),
                row("/disk/remove [find where slot~\"^[ab]\"]; :put [/disk/find]", "*1~"),
                row("/disk/print count-only", "3~"),
                row(":put [/disk/print count-only where comment]", "1~"),
                row(":put [/disk/print as-value where slot=\"a\"]", ".id=*2;comment=held;size=1000;slot=a;type=file~"),
                row(
                        ":put [:serialize to=json options=json.no-string-conversion value=[/disk/print detail as-value where slot=\"b\"]]",
                        "[{\".id\":\"*3\",\"nvme-tcp-export\":true,\"size\":2000,\"slot\":\"b\",\"type\":\"file\"}]~"),
                row(":put [:serialize to=json value=[/disk/print as-value where slot=\"nobody\"]]", "[]~"),
                row(":foreach d in=[/disk/print as-value] do={ :put ($d->\"slot\") }", "pool~a~b~"),
                row("/disk/print as-value", ""),
                row("/disk/print detail where slot=\"nobody\"", "Flags: X - disabled~"),
                row("/disk/print where slot=\"nobody\"", "Flags: X - disabled~"),
                row(
                        "/disk print terse without-paging where slot=\"a\"",
                        "Flags: X - disabled~ 0  type=file slot=a size=1000 comment=held~"),
                row(
                        "/disk print where slot~\"^[ab]\"",
                        "Flags: X - disabled~Columns: TYPE, SLOT, SIZE, NVME-TCP-EXPORT, COMMENT~"
                                + " # TYPE  SLOT  SIZE   NVME-TCP-EXPORT  COMMENT~"
                                + " 0 file  a     1 000                   held~"
                                + " 1 file  b     2 000  yes~"),
                row("/disk/print sideways", "expected end of command (line 1 column 13)!"),
                row("/system/resource/print", "   uptime: 1w2d03:04:05~  version: 7.21 (stable)~"),
                row(":put [/system/resource/get version]", "7.21 (stable)~"),
                row(
                        ":put [:serialize to=json value=[/system/resource/print as-value]]",
                        "{\"uptime\":\"1w2d03:04:05\",\"version\":\"7.21 (stable)\"}~"),
                row("/system/resource/remove", "syntax error (line 1 column 18)!"),
                row("/disk btrfs subvolume print count-only", "1~"),
                row(":put [/disk/btrfs/subvolume/find where name=\"s\"]", "*1~"));
    }

    static Stream<Arguments> lines() {
        return Stream.of(
                row("", ""),
                row("\n \n", ""),
                row(":put a\r\n:put b", "a~b~"),
                row(":error \"x\"\n:put b", "x (:error; line 1)!b~"),
                row(":put a; :error \"x\"; :put b", "a~x (:error; line 1)!"),
                row(":put a; :put (", "syntax error (line 1 column 15)!"),
                row(":foo\n:put b", "bad command name foo (line 1 column 2)!b~"),
                row("{\n:put a\n:error \"x\"\n:put b\n}", "a~x (:error; line 3)!"),
                row("{ :put a\n :foo }", "bad command name foo (line 2 column 3)!"),
                row("# a \" comment {\n:put a", "a~"),
                row(":put a # no comment", "expected end of command (line 1 column 8)!"),
                row(":put a; # a comment } here", "a~"),
                row(":put \"a\n:put b", "syntax error (line 1 column 8)!"),
                row(":put \"$[:len {\n1\n}]\"", "1~"));
    }

    static Stream<Arguments> conversions() {
        return Stream.of(
                row(":put [:typeof ([:deserialize from=json value=\"{\\\"a\\\":\\\"7.24.1\\\"}\"] -> \"a\")]", "ip~"),
                row(
                        ":put [:deserialize from=json value=\"{\\\"a\\\":\\\"7.24.1\\\",\\\"b\\\":[1,true]}\"]",
                        "a=7.24.0.1;b=1;true~"),
                row(
                        ":put [:deserialize from=json options=json.no-string-conversion value=\"[\\\"7.24.1\\\",\\\"007\\\"]\"]",
                        "7.24.1;007~"),
                row(":put [:deserialize from=json value=\"{\"]", "failure: invalid json (:deserialize; line 1)!"),
                row(
                        ":put [:deserialize from=xml value=\"1\"]",
                        "input does not match any value of from (:deserialize; line 1)!"));
    }

    static Stream<Arguments> properties() {
        return Stream.of(
                row(":put [/disk/print as-value proplist=slot where slot=a]", ".id=*2;slot=a~"),
                row(
                        ":put [/disk/print as-value proplist=slot,size where size>1500]",
                        ".id=*1;size=5000;slot=pool;.id=*3;size=2000;slot=b~"),
                row("/disk/print detail proplist={\"slot\"} where slot=b", "Flags: X - disabled~ 0  slot=\"b\"~"),
                row(
                        "/disk/print proplist=colour",
                        "input does not match any value of proplist (/disk/print; line 1)!"));
    }

    private static Arguments row(String typed, String shown) {
        return Arguments.of(typed, shown);
    }
}
