/* A linker strategy in C: ELF for Linux through the C driver, `ar` and `ranlib`.
 *
 *     cc -std=c11 -shared -fPIC -fvisibility=hidden -I ../../plugin-api/include \
 *         strategy.c json.c -o libbeskid_linker_c.so
 *     beskid --plugin ./libbeskid_linker_c.so --linker c-driver build hello.bd
 */
#include <beskid_plugin.h>

#include <stdlib.h>
#include <string.h>

#include "json.h"

#define ID "c-driver"
#define VERSION "0.1.0"

BESKID_PLUGIN("linker", ID, VERSION, "");

/* ---- answers ---- */

static const char SHORT[] = "{\"Err\":{\"code\":\"E4045\",\"message\":\"linker strategy `" ID
                            "`: out of memory\"}}";

/* Hands over what was written. */
static beskid_reply reply(writer *written)
{
    if (written->failed) {
        free(written->data);
        return (beskid_reply){.message = {(const uint8_t *)SHORT, sizeof SHORT - 1}};
    }
    return (beskid_reply){
        .message = {(const uint8_t *)written->data, written->len},
        .release = free,
        .owner = written->data,
    };
}

static beskid_reply ok(void)
{
    static const char message[] = "{\"Ok\":null}";
    return (beskid_reply){.message = {(const uint8_t *)message, sizeof message - 1}};
}

/* What is wrong: `{"Err": diagnostic}`. A code of NULL: nothing is. */
typedef struct {
    const char *code, *message, *detail, *help;
} problem;

static beskid_reply refused(problem why)
{
    writer to = {0};
    put(&to, "{\"Err\":{\"code\":");
    put_text(&to, "%s", why.code);
    put(&to, ",\"message\":");
    put_text(&to, "linker strategy `" ID "` %s `%s`", why.message, why.detail);
    put(&to, ",\"help\":");
    put_text(&to, "%s", why.help);
    put(&to, "}}");
    return reply(&to);
}

static problem malformed(void)
{
    return (problem){"E5113", "cannot read the", "request", "report this to its author"};
}

/* ---- what it links ---- */

static problem objection(const char *target, const char *kind)
{
    const char *system = strstr(target, "-linux-");
    if (!system || strstr(target, "-apple"))
        return (problem){"E4023", "does not link for target", target,
                         "it links for Linux, such as x86_64-unknown-linux-gnu"};
    if (strcmp(kind, "exe") && strcmp(kind, "shared") && strcmp(kind, "static"))
        return (problem){"E4022", "does not make", kind, "it makes: exe, shared, static"};
    return (problem){0};
}

/* ---- the words of a command line ---- */

/* A call of a tool, while its arguments are written. */
typedef struct {
    writer *to;
    bool has_some;
} words;

#define word(CALL, ...) (separate(CALL), put_text((CALL)->to, __VA_ARGS__))

static void separate(words *call)
{
    if (call->has_some)
        put(call->to, ",");
    call->has_some = true;
}

static void each(words *call, const json *request, const char *key, const char *before)
{
    const json *list = json_field(request, key);
    for (const json *item = list ? list->first : NULL; item; item = item->next)
        if (item->kind == JSON_TEXT)
            word(call, "%s%s", before, item->text);
}

/* An option of the linker through the driver; `-Wl,` would split its value at commas. */
static void to_linker(words *call, const char *option, const char *value)
{
    word(call, "-Xlinker");
    word(call, "%s", option);
    word(call, "-Xlinker");
    word(call, "%s", value);
}

/* Begins the step that runs a tool: the user's choice, or its usual name for this
 * machine. The user's own arguments come first. */
static problem begin(writer *to, const json *request, const char *key, const char *role,
                     bool takes_file, words *call)
{
    const char *chosen = json_text(json_field(request, "tools"), key, "");
    chosen += strspn(chosen, " \t");
    if (strpbrk(chosen, "\"'\\"))
        return (problem){"E4041", "splits the words of a tool at blanks only:", chosen,
                         "name the tool without quotes and backslashes"};
    if (!*chosen) {
        const char *target = json_text(request, "target", "");
        if (strcmp(target, BESKID_TARGET) != 0)
            return (problem){"E4020", "needs the names of its tools for", target,
                             "set `cc`, `ar` and `ranlib` under `[tools]`, or BESKID_TOOLS_CC "
                             "and so on"};
        chosen = key;
    }
    int len = (int)strcspn(chosen, " \t");
    put(to, "{\"run\":{\"role\":");
    put_text(to, "%s", role);
    if (takes_file)
        put(to, ",\"response_file\":\"gnu\"");
    put(to, ",\"program\":");
    put_text(to, "%.*s", len, chosen);
    put(to, ",\"args\":[");
    *call = (words){to, false};
    for (;;) {
        chosen += len;
        chosen += strspn(chosen, " \t");
        if (!*chosen)
            return (problem){0};
        len = (int)strcspn(chosen, " \t");
        word(call, "%.*s", len, chosen);
    }
}

/* ---- plans ---- */

static problem plan_archive(writer *to, const json *request)
{
    const json *arguments = json_field(request, "link_args");
    bool has_arguments = arguments && arguments->first;
    if (has_arguments || strcmp(json_text(request, "strip", "none"), "none") != 0) {
        const char *option = has_arguments ? "--link-arg" : "--strip";
        return (problem){"E4041", "links no static library:", option, "leave it out"};
    }
    const char *output = json_text(request, "output", "");
    words call;
    problem failed = begin(to, request, "ar", "archiver", true, &call);
    if (failed.code)
        return failed;
    /* q: append; c: create silently; D: no times, owners or modes; S: no index yet. */
    word(&call, "qcDS");
    word(&call, "%s", output);
    each(&call, request, "objects", "");
    each(&call, request, "runtime_objects", "");
    put(to, "]}},");
    failed = begin(to, request, "ranlib", "archive indexer", false, &call);
    if (failed.code)
        return failed;
    word(&call, "-D");
    word(&call, "%s", output);
    put(to, "]}}");
    return failed;
}

/* The version script of a shared library that exports `symbols` and nothing else. */
static problem write_exports(writer *to, const json *symbols, const char *scratch)
{
    writer script = {0};
    put(&script, symbols->first ? "{\n  global:\n" : "{\n");
    for (const json *symbol = symbols->first; symbol; symbol = symbol->next) {
        const char *name = symbol->kind == JSON_TEXT ? symbol->text : "";
        if (!*name || strpbrk(name, "\"\\\n*?[")) {
            free(script.data);
            return (problem){"E4041", "cannot export the symbol", name,
                             "export names without quotes, backslashes, line breaks, *, ? and ["};
        }
        put(&script, "    \"");
        put(&script, name);
        put(&script, "\";\n");
    }
    put(&script, "  local: *;\n};\n");
    put(to, "{\"write-file\":{\"path\":");
    put_text(to, "%s/exports.map", scratch);
    put(to, ",\"contents\":");
    if (script.failed)
        to->failed = true;
    else
        put_text(to, "%.*s", (int)script.len, script.data);
    put(to, "}},");
    free(script.data);
    return (problem){0};
}

static problem plan_image(writer *to, const json *request, bool is_shared)
{
    const json *symbols = json_field(json_field(request, "exports"), "only");
    const char *scratch = json_text(request, "scratch", "");
    if (is_shared && symbols) {
        problem failed = write_exports(to, symbols, scratch);
        if (failed.code)
            return failed;
    }
    words call;
    problem failed = begin(to, request, "cc", "C driver", true, &call);
    if (failed.code)
        return failed;
    if (is_shared) {
        word(&call, "-shared");
        to_linker(&call, "-soname", json_text(request, "output_name", ""));
        if (symbols) {
            word(&call, "-Xlinker");
            word(&call, "--version-script");
            word(&call, "-Xlinker");
            word(&call, "%s/exports.map", scratch);
        }
        word(&call, "-Wl,-z,defs");
        word(&call, "-Wl,--exclude-libs,ALL");
    }
    word(&call, "-Wl,--gc-sections");
    word(&call, "-Wl,-z,noexecstack");
    word(&call, "-Wl,--build-id=none");
    word(&call, "-o");
    word(&call, "%s", json_text(request, "output", ""));
    each(&call, request, "objects", "");
    const char *runtime = json_text(request, "runtime_archive", NULL);
    if (runtime)
        word(&call, "%s", runtime);
    each(&call, request, "search", "-L");
    const json *paths = json_field(request, "rpath");
    for (const json *path = paths ? paths->first : NULL; path; path = path->next)
        to_linker(&call, "-rpath", path->text ? path->text : "");
    const char *mode = json_text(request, "mode", "auto");
    const json *libraries = json_field(request, "libraries");
    if (libraries && libraries->first) {
        if (!strcmp(mode, "prefer-static"))
            word(&call, "-Wl,-Bstatic");
        if (!strcmp(mode, "prefer-dynamic"))
            word(&call, "-Wl,-Bdynamic");
        each(&call, request, "libraries", "-l");
        if (!strcmp(mode, "prefer-static"))
            word(&call, "-Wl,-Bdynamic");
    }
    /* A backend may call the mathematics library on its own account. */
    word(&call, "-Wl,--as-needed");
    word(&call, "-lm");
    word(&call, "-Wl,--no-as-needed");
    const char *strip = json_text(request, "strip", "none");
    if (!strcmp(strip, "debug"))
        word(&call, "-Wl,--strip-debug");
    if (!strcmp(strip, "symbols"))
        word(&call, "-Wl,--strip-all");
    /* The user's own have the last word. */
    each(&call, request, "link_args", "");
    put(to, "]}}");
    return failed;
}

/* ---- the table ---- */

static beskid_reply describe(void)
{
    static const char message[] =
        "{\"Ok\":{\"id\":\"" ID "\",\"version\":\"" VERSION "\","
        "\"about\":\"ELF for Linux through the C driver, written in C\",\"tools\":["
        "{\"key\":\"cc\",\"help\":\"C driver\",\"default\":\"cc\"},"
        "{\"key\":\"ar\",\"help\":\"archiver, for static libraries\",\"default\":\"ar\"},"
        "{\"key\":\"ranlib\",\"help\":\"indexer of archives\",\"default\":\"ranlib\"}]}}";
    return (beskid_reply){.message = {(const uint8_t *)message, sizeof message - 1}};
}

static beskid_reply supports(beskid_bytes asked)
{
    json *query = json_read((const char *)asked.data, asked.len);
    const char *target = json_text(query, "target", NULL);
    const char *kind = json_text(query, "kind", NULL);
    problem why = target && kind ? objection(target, kind) : malformed();
    beskid_reply answer = why.code ? refused(why) : ok();
    json_free(query);
    return answer;
}

static beskid_reply plan(beskid_bytes asked)
{
    json *request = json_read((const char *)asked.data, asked.len);
    const char *target = json_text(request, "target", NULL);
    const char *kind = json_text(request, "kind", NULL);
    problem why = target && kind ? objection(target, kind) : malformed();
    writer to = {0};
    if (!why.code) {
        put(&to, "{\"Ok\":{\"steps\":[");
        why = strcmp(kind, "static") == 0 ? plan_archive(&to, request)
                                          : plan_image(&to, request, !strcmp(kind, "shared"));
        put(&to, "]}}");
    }
    beskid_reply answer;
    if (why.code) {
        free(to.data);
        answer = refused(why);
    } else {
        answer = reply(&to);
    }
    json_free(request);
    return answer;
}

BESKID_EXPORT const beskid_linker beskid_plugin = {
    .size = sizeof(beskid_linker),
    .describe = describe,
    .supports = supports,
    .plan = plan,
};
