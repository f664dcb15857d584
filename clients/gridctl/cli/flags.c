/* flags: every option of every command: where its value goes, and what it is for. */
#include "clients/gridctl/cli/args.h"

#define FLAGS_END { .name = NULL }

/* Rows say no more than they have: most take no words that could be listed. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

/* clang-format off: a table, read by rows */
const struct flag global_flags[] = {
	{"socket", 's', FLAG_STR, "URL", "@socket",
	 {"where gridd listens: unix:PATH, a path, or tcp://HOST:PORT", "gridd 的地址：unix:路径、路径或 tcp://主机:端口"}},
	{"json", 0, FLAG_MAYBE, "FIELDS", "@json",
	 {"print the result as JSON, always UTF-8; FIELDS (number,source.channel): only these of it, or of each item of a list",
	  "按 JSON 输出（总是 UTF-8）；写字段则只输出这些：number,source.channel"}},
	{"jsonl", 0, FLAG_MAYBE, "FIELDS", "@jsonl", {"a JSON line for each item", "每项一行 JSON"}},
	{"plain", 0, FLAG_MAYBE, "FIELDS", "@plain",
	 {"for scripts: a line of field names, then a line for each item; tabs between, \\t \\n \\\\ within",
	  "供脚本用：首行字段名，每项一行，以制表符分隔，内部写作 \\t \\n \\\\"}},
	{"csv", 0, FLAG_MAYBE, "FIELDS", "@csv", {"CSV (RFC 4180, UTF-8) with a header row", "输出 CSV（RFC 4180，UTF-8），首行为字段名"}},
	{"xlsx", 0, FLAG_STR, "FILE", "@xlsx", {"write the list into a workbook", "把列表存为工作簿"}, "@file"},
	{"no-pager", 0, FLAG_BOOL, NULL, "@no_pager",
	 {"print straight on, also what is longer than the screen ($GRIDCTL_PAGER, $PAGER, less -FRX)",
	  "超过一屏也直接输出（默认用 $GRIDCTL_PAGER、$PAGER 或 less -FRX）"}},
	{"watch", 0, FLAG_MAYBE, "SECONDS", "@watch",
	 {"again and again, every 2 seconds if not said, until Ctrl-C (exit 0); for commands that only read",
	  "反复刷新（默认 2 秒），Ctrl-C 结束（退出码 0）；只用于查询命令"}},
	{"ascii", 0, FLAG_BOOL, NULL, "@ascii", {"no characters beside ASCII for ornament", "装饰符号只用 ASCII"}},
	{"town", 0, FLAG_STR, "CODE", "town",
	 {"the town's 9-digit code, where a daemon serves several", "街镇代码（9 位），一个 gridd 管多个街镇时用"}, "@town"},
	{"token", 0, FLAG_STR, "TEXT", "@token",
	 {"who you are, as `gridd --new-token` printed it; better kept in $GRIDD_TOKEN", "令牌；最好放在 $GRIDD_TOKEN 里"}},
	{"timeout", 0, FLAG_INT, "SECONDS", "@timeout", {"give up when no reply comes for so long", "等待应答的最长秒数"}},
	{"lang", 0, FLAG_STR, "WORD", "@language", {"speak zh or en", "用中文 zh 或英文 en"}, "zh en"},
	{"color", 0, FLAG_STR, "WORD", "@color", {"colours: auto or never", "颜色：auto 自动、never 不用"}, "auto never"},
	{"verbose", 'v', FLAG_BOOL, NULL, "@verbose",
	 {"show each request and how long its answer took, on standard error", "在标准错误上显示每个请求及其应答用时"}},
	{"help", 'h', FLAG_BOOL, NULL, "@help", {"show this help", "显示帮助"}},
	{"version", 0, FLAG_BOOL, NULL, "@version", {"show gridctl's version", "显示 gridctl 的版本"}},
	FLAGS_END};

/* What describes a case; also the vocabulary of a CSV map. */
const struct flag submit_flags[] = {
	{"class", 0, FLAG_STR, "CODE", "class", {"class (small class), as the town's table has it", "小类代码"}, "@class"},
	{"condition", 0, FLAG_STR, "ID", "condition", {"filing condition of the class", "立案条件"}, "@condition"},
	{"text", 't', FLAG_STR, "TEXT", "text", {"what was reported", "问题描述"}},
	{"channel", 0, FLAG_STR, "ID", "source.channel",
	 {"source channel, such as patrol or hotline12345", "来源渠道，如 patrol、hotline12345"}, "@channel"},
	{"ref", 0, FLAG_STR, "TEXT", "source.ref", {"the channel's own number of it", "来源渠道的单号"}},
	{"estate", 0, FLAG_STR, "ID", "estate", {"estate", "小区"}, "@estate"},
	{"grid", 0, FLAG_STR, "ID", "grid", {"grid", "网格"}, "@grid"},
	{"address", 0, FLAG_STR, "TEXT", "address",
	 {"address; finds the estate where that is not given", "地址；未写小区时由它找到小区"}},
	{"place-x", 0, FLAG_NUM, "NUMBER", "place.x", {"place: longitude, or metres east", "位置：经度或横坐标"}},
	{"place-y", 0, FLAG_NUM, "NUMBER", "place.y", {"place: latitude, or metres north", "位置：纬度或纵坐标"}},
	{"place-crs", 0, FLAG_STR, "NAME", "place.crs", {"wgs84, gcj02, bd09 or sh2000", "坐标系：wgs84、gcj02、bd09、sh2000"}, "wgs84 gcj02 bd09 sh2000"},
	{"urgency", 0, FLAG_STR, "WORD", "urgency", {"normal, urgent or emergency", "紧急程度：normal、urgent、emergency"}, "normal urgent emergency"},
	{"attr", 0, FLAG_PAIR, "NAME=VALUE", "attrs", {"a further attribute; may come again", "附加属性，可多次"}},
	{"tag", 0, FLAG_LIST, "TAG", "tags", {"a tag; may come again", "标签，可多次"}, "@tag"},
	{"observed-at", 0, FLAG_STR, "TIME", "observed_at",
	 {"when it was seen: 2026-11-23T08:30:00+08:00", "发现时间：2026-11-23T08:30:00+08:00"}},
	{"received-at", 0, FLAG_STR, "TIME", "received_at", {"when the channel took it", "渠道接收时间"}},
	{"reporter-name", 0, FLAG_STR, "TEXT", "reporter.name", {"who reported it", "反映人"}},
	{"reporter-phone", 0, FLAG_STR, "TEXT", "reporter.phone", {"how to reach them", "反映人电话"}},
	{"confidential", 0, FLAG_BOOL, NULL, "reporter.confidential",
	 {"the reporter is to stay unknown to the units", "反映人要求保密"}},
	FLAGS_END};

const struct flag attach_flags[] = {
	{"attachment", 0, FLAG_ATTACHMENT, "[KIND=]URI", "attachments",
	 {"where a picture or paper lies; before=, after= or document= says what it is; may come again",
	  "附件地址，可写 before=、after=、document= 说明是什么，可多次"}},
	FLAGS_END};

#define KEY_ROWS \
	{"key", 0, FLAG_STR, "TEXT", "key", \
	 {"the same key never does it twice: ask again with it after trouble", "幂等键：同一个键不会做两遍，出错后可用它重试"}}, \
	{"dry-run", 0, FLAG_BOOL, NULL, "dry_run", {"decide and answer, store nothing", "只判定并回答，不保存"}}
#define CASE_ROWS \
	{"for", 0, FLAG_STR, "UNIT", "for.unit", {"in that unit's name, as it phoned in", "代该单位办理（如电话报来）"}, "@unit"}, \
	{"person", 0, FLAG_STR, "TEXT", "for.person", {"who of the unit said so", "该单位的谁"}}, \
	{"expect-version", 0, FLAG_INT, "N", "expect_version", \
	 {"only if nothing has happened since version N", "案件仍是第 N 版才办"}}
#define NOTE_ROW {"note", 0, FLAG_STR, "TEXT", "note", {"a note with it", "附言"}}
#define WHERE_ROWS \
	{"where", 0, FLAG_LIST, "FILTER", "@where", \
	 {"instead of the case: all that match, @NAME and words like 'state=triage class=E70-05'; shows the plan, asks for their count", \
	  "不写案件，改为所有符合条件的：@名称，或 'state=triage class=E70-05'；先列出计划，再核对件数"}}, \
	{"confirm", 0, FLAG_INT, "N", "@confirm", \
	 {"with --where: go on without being asked if that many would go", "与 --where 同用：可办的正好 N 件时不再询问"}}
#define AT_ROW \
	{"at", 0, FLAG_TIME, "TIME", "at", \
	 {"when it happened, if that was earlier: 2026-11-23T08:30:00+08:00", "实际发生的时间（补录）：2026-11-23T08:30:00+08:00"}}

const struct flag act_flags[] = {NOTE_ROW, CASE_ROWS, AT_ROW, KEY_ROWS, WHERE_ROWS, FLAGS_END};
const struct flag noting_flags[] = {CASE_ROWS, AT_ROW, KEY_ROWS, WHERE_ROWS, FLAGS_END};
const struct flag moving_flags[] = {NOTE_ROW, CASE_ROWS, KEY_ROWS, WHERE_ROWS, FLAGS_END};
const struct flag part_flags[] = {NOTE_ROW, CASE_ROWS, AT_ROW, KEY_ROWS, FLAGS_END};
const struct flag write_flags[] = {KEY_ROWS, FLAGS_END};

const struct flag dispatch_flags[] = {
	{"assist", 0, FLAG_LIST, "UNIT", "assist", {"a unit that is to help; may come again", "协同单位，可多次"}, "@unit"},
	{"reason", 0, FLAG_STR, "TEXT", "reason", {"why not whom the rule proposes", "为何不按规则建议"}},
	FLAGS_END};

const struct flag limit_flags[] = {
	{"limit", 0, FLAG_STR, "LIMIT", "limit", {"how long it may take: 4wh, 2wd", "时限：4wh、2wd"}},
	FLAGS_END};

const struct flag verify_flags[] = {
	{"method", 0, FLAG_STR, "WORD", "method", {"site, photo or phone", "方式：site 现场、photo 照片、phone 电话"}, "site photo phone"},
	FLAGS_END};

const struct flag ask_flags[] = {
	{"clock", 0, FLAG_STR, "CLOCK", "clock", {"which clock: handle if not said", "哪个时限，默认 handle"}, "@clock"},
	{"until", 0, FLAG_TIME, "TIME", "until", {"until when to suspend", "挂账到何时"}},
	FLAGS_END};

const struct flag until_flags[] = {
	{"until", 0, FLAG_TIME, "TIME", "until", {"another date than was asked for", "与申请不同的日期"}},
	FLAGS_END};

const struct flag amend_flags[] = {
	{"class", 0, FLAG_STR, "CODE", "set.class", {"the right class", "正确的小类"}, "@class"},
	{"condition", 0, FLAG_STR, "ID", "set.condition", {"the right filing condition", "正确的立案条件"}, "@condition"},
	{"estate", 0, FLAG_STR, "ID", "set.estate", {"the right estate", "正确的小区"}, "@estate"},
	{"grid", 0, FLAG_STR, "ID", "set.grid", {"the right grid", "正确的网格"}, "@grid"},
	{"address", 0, FLAG_STR, "TEXT", "set.address", {"the right address", "正确的地址"}},
	{"place-x", 0, FLAG_NUM, "NUMBER", "set.place.x", {"place: longitude, or metres east", "位置：经度或横坐标"}},
	{"place-y", 0, FLAG_NUM, "NUMBER", "set.place.y", {"place: latitude, or metres north", "位置：纬度或纵坐标"}},
	{"place-crs", 0, FLAG_STR, "NAME", "set.place.crs", {"wgs84, gcj02, bd09 or sh2000", "坐标系：wgs84、gcj02、bd09、sh2000"}, "wgs84 gcj02 bd09 sh2000"},
	{"urgency", 0, FLAG_STR, "WORD", "set.urgency", {"normal, urgent or emergency", "紧急程度：normal、urgent、emergency"}, "normal urgent emergency"},
	{"attr", 0, FLAG_PAIR, "NAME=VALUE", "set.attrs", {"the attributes, all of them; may come again", "附加属性（全部重写），可多次"}},
	{"tag", 0, FLAG_LIST, "TAG", "set.tags", {"the tags, all of them; may come again", "标签（全部重写），可多次"}, "@tag"},
	{"reroute", 0, FLAG_BOOL, NULL, "reroute", {"send it where the rules say now", "按规则重新派遣"}},
	FLAGS_END};

const struct flag order_flags[] = {
	{"unit", 'u', FLAG_STR, "ID", "unit", {"whom it orders: who holds the case if not said", "督办对象，默认承办单位"}, "@unit"},
	{"within", 0, FLAG_STR, "LIMIT", "within", {"how soon a reply is due: 1wd, 4wh", "回复期限：1wd、4wh"}},
	FLAGS_END};

const struct flag orders_flags[] = {
	{"unit", 'u', FLAG_STR, "ID", "unit", {"to that unit", "督办对象"}, "@unit"},
	{"state", 0, FLAG_STR, "STATE", "state",
	 {"open, replied, accepted, expired or lapsed", "open 待回复、replied 已回复、accepted 已验收、expired 逾期、lapsed 自然终止"}, "open replied accepted expired lapsed"},
	{"kind", 0, FLAG_STR, "KIND", "kind", {"overdue, leader or key", "类型：overdue 超期、leader 领导交办、key 重点"}, "overdue leader key"},
	{"case", 0, FLAG_CASE, "NUMBER", "case", {"about that case", "关于该案件"}, "@case"},
	{"since", 0, FLAG_TIME, "TIME", "since", {"opened at that time or later", "该时间及以后开出"}},
	FLAGS_END};

const struct flag notices_flags[] = {
	{"unit", 'u', FLAG_STR, "ID", "unit", {"to that unit", "告知对象"}, "@unit"},
	{"state", 0, FLAG_STR, "STATE", "state",
	 {"waiting, delivered, failed, dead or nobody", "waiting 待发、delivered 已送达、failed 失败待重试、dead 放弃、nobody 无人在岗"}, "waiting delivered failed dead nobody"},
	{"dead", 0, FLAG_BOOL, NULL, "@dead", {"those that were given up: --state dead", "只看已放弃的，即 --state dead"}},
	{"kind", 0, FLAG_STR, "KIND", "kind",
	 {"of that kind: remind, overdue, urge, order ..., nightly, monthly", "事由：remind、overdue、urge、order 等，及 nightly、monthly"}, "task remind overdue level urge order expired nightly monthly test"},
	{"channel", 0, FLAG_STR, "ID", "channel", {"by that channel", "通知渠道"}, "@way"},
	{"case", 0, FLAG_CASE, "NUMBER", "case", {"about that case", "关于该案件"}, "@case"},
	{"since", 0, FLAG_TIME, "TIME", "since", {"made at that time or later", "该时间及以后产生"}},
	FLAGS_END};

const struct flag retry_flags[] = {
	{"channel", 0, FLAG_STR, "ID", "channel", {"all by that channel", "该渠道的全部"}, "@way"},
	{"state", 0, FLAG_STR, "STATE", "state", {"only those that are dead, or failed", "只限 dead 已放弃的，或 failed 失败的"}, "dead failed"},
	FLAGS_END};

const struct flag most_flags[] = {
	{"limit", 'n', FLAG_INT, "N", "limit", {"at most N rows", "最多 N 行"}},
	FLAGS_END};

const struct flag agenda_flags[] = {
	{"from", 0, FLAG_TIME, "TIME", "from", {"from when", "起"}},
	{"to", 0, FLAG_TIME, "TIME", "to", {"until when", "止"}},
	FLAGS_END};

const struct flag overdue_flags[] = {
	{"at", 0, FLAG_TIME, "TIME", "at", {"at that time, which has passed", "过去某一时刻"}},
	{"limit", 'n', FLAG_INT, "N", "limit", {"at most N cases (50; up to 5000)", "最多 N 件（默认 50，上限 5000）"}},
	FLAGS_END};

#define DATE_ROW \
	{"date", 0, FLAG_STR, "DATE", "date", {"whose night: 2026-11-23", "哪一晚：2026-11-23"}}

const struct flag date_flags[] = {DATE_ROW, FLAGS_END};

const struct flag nightly_flags[] = {
	DATE_ROW,
	{"language", 0, FLAG_STR, "WORD", "language", {"zh or en; as gridd's config says, if left out", "zh 或 en；默认按 gridd 的配置"}, "zh en"},
	{"html", 0, FLAG_BOOL, NULL, "@html", {"the HTML part", "输出 HTML"}},
	{"save", 0, FLAG_STR, "DIR", "@save",
	 {"write text, HTML, workbook and the whole message into that folder", "把文本、HTML、工作簿和整封邮件存入该文件夹"}, "@dir"},
	{"list", 0, FLAG_BOOL, NULL, "list", {"the book: what became of the last nights", "台账：近期各晚的情况"}},
	{"limit", 'n', FLAG_INT, "N", "limit", {"of the book: at most N nights (30)", "台账最多 N 晚（默认 30）"}},
	FLAGS_END};

#define PERIOD_ROWS \
	{"month", 0, FLAG_STR, "MONTH", "@month", {"a month: 2026-11", "某月：2026-11"}}, \
	{"from", 0, FLAG_STR, "DATE", "from", {"or from that day or time", "或起始日期、时间"}}, \
	{"to", 0, FLAG_STR, "DATE", "to", {"up to that day or time, which no longer counts", "截止日期、时间（不含）"}}, \
	{"by", 0, FLAG_STR, "WORD", "by", {"a row for each unit, class, estate or grid", "按 unit 单位、class 类别、estate 小区、grid 网格"}, "unit class estate grid"}, \
	{"as-of", 0, FLAG_STR, "TIME", "as_of", {"from what was recorded by then; now, if left out", "按截至该时刻的记录，默认现在"}}, \
	{"tag", 0, FLAG_LIST, "TAG", "tags", {"only cases with that tag; may come again", "只计有此标签的案件，可多次"}, "@tag"}

const struct flag kpi_flags[] = {
	PERIOD_ROWS,
	{"language", 0, FLAG_STR, "WORD", "language", {"of files and text: zh or en", "文件和文本的语言：zh 或 en"}, "zh en"},
	{"text", 0, FLAG_BOOL, NULL, "@text", {"as text of fixed width", "输出定宽文本"}},
	{"csv", 0, FLAG_BOOL, NULL, "@csv", {"as CSV", "输出 CSV"}},
	{"html", 0, FLAG_STR, "FILE", "@html", {"write one page with charts, to be read or printed", "存为一个网页（含图，可打印）"}, "@file"},
	{"xlsx", 0, FLAG_STR, "FILE", "@xlsx", {"write a workbook", "存为工作簿"}, "@file"},
	FLAGS_END};

const struct flag cases_flags[] = {
	PERIOD_ROWS,
	{"part", 0, FLAG_STR, "WORD", "part", {"numerator (if left out) or denominator", "numerator 分子（默认）或 denominator 分母"}, "numerator denominator"},
	{"unit", 'u', FLAG_STR, "ID", "unit", {"of that unit's row; the town's, if left out", "该单位一行，默认全镇"}, "@unit"},
	{"code", 0, FLAG_STR, "CODE", "code", {"of that class's, estate's or grid's row", "该类别、小区或网格一行"}},
	FLAGS_END};

#define FEED_ROWS \
	{"after", 0, FLAG_INT, "SEQ", "after", {"only those behind that number", "只要该序号之后的"}}, \
	{"type", 0, FLAG_LIST, "TYPE", "types", \
	 {"only of that type: task.returned, clock.*; may come again", "事件类型，如 task.returned、clock.*，可多次"}, "@event"}, \
	{"case", 0, FLAG_CASE, "NUMBER", "case", {"only of that case", "只要该案件的"}, "@case"}

const struct flag events_flags[] = {
	FEED_ROWS,
	{"limit", 'n', FLAG_INT, "N", "limit", {"at most N events", "最多 N 条"}},
	{"wait-ms", 0, FLAG_INT, "N", "wait_ms", {"where there are none, wait so long for one", "没有时最多等待的毫秒数"}},
	FLAGS_END};

const struct flag follow_flags[] = {FEED_ROWS, FLAGS_END};

const struct flag explain_flags[] = {
	{"at", 0, FLAG_TIME, "TIME", "at", {"as if it came at that time", "假定在该时间收到"}},
	FLAGS_END};

const struct flag import_flags[] = {
	{"map", 'm', FLAG_STR, "FILE", "@map", {"which column is what (for .csv)", "列对照表（.csv 用）"}, "@file"},
	{"encoding", 0, FLAG_STR, "NAME", "@encoding",
	 {"auto (default), utf-8 or gb18030", "文件编码：auto（默认）、utf-8、gb18030"}, "auto utf-8 gb18030"},
	{"channel", 0, FLAG_STR, "ID", "@channel", {"source channel of lines that name none", "未写来源渠道的行用它"}, "@channel"},
	{"tag", 0, FLAG_LIST, "TAG", "@tags", {"a tag for every case; may come again", "给每件加上标签，可多次"}, "@tag"},
	{"dry-run", 0, FLAG_BOOL, NULL, "@dry_run", {"check every line, store nothing", "逐行检查，不保存"}},
	{"advance", 0, FLAG_BOOL, NULL, "@advance",
	 {"move the test clock to each line's received_at first", "先把测试时钟拨到每行的 received_at"}},
	FLAGS_END};

/* Those that may come again mean: any of these. */
const struct flag list_flags[] = {
	{"state", 0, FLAG_ANY, "STATE", "state",
	 {"triage, dispatched, handling, finished, suspended, closed, rejected, merged",
	  "状态：triage 待派遣、dispatched 待处置、handling 处置中、finished 待核查、"
	  "suspended 挂账、closed 结案、rejected 作废、merged 并案"}, "triage dispatched handling finished suspended closed rejected merged"},
	{"unit", 'u', FLAG_ANY, "ID", "unit", {"held by that unit", "承办单位"}, "@unit"},
	{"class", 0, FLAG_ANY, "CODE", "class", {"of that class", "小类"}, "@class"},
	{"estate", 0, FLAG_ANY, "ID", "estate", {"in that estate", "小区"}, "@estate"},
	{"grid", 0, FLAG_ANY, "ID", "grid", {"in that grid", "网格"}, "@grid"},
	{"channel", 0, FLAG_ANY, "ID", "channel", {"from that channel", "来源渠道"}, "@channel"},
	{"tag", 0, FLAG_STR, "TAG", "tag", {"with that tag", "标签"}, "@tag"},
	{"overdue", 0, FLAG_STR, "CLOCK", "overdue",
	 {"overdue by that clock (handle, accept ...), or any", "已超期的时限（handle、accept 等），或 any"}, "any @clock"},
	{"due-before", 0, FLAG_TIME, "TIME", "due_before", {"due before that time", "在该时间之前到期"}},
	{"received-since", 0, FLAG_TIME, "TIME", "received_since", {"received at that time or later", "该时间及以后收到"}},
	{"updated-since", 0, FLAG_TIME, "TIME", "updated_since", {"changed at that time or later", "该时间及以后有变动"}},
	{"pending", 0, FLAG_STR, "WHAT", "pending",
	 {"with a request that waits: extend, suspend, assist, waive or any", "有待审批的申请：extend、suspend、assist、waive、any"}, "any extend suspend assist waive"},
	{"returns-min", 0, FLAG_INT, "N", "returns_min", {"returned at least N times", "退单至少 N 次"}},
	{"text", 't', FLAG_STR, "TEXT", "text",
	 {"with that text (only beside another filter)", "描述中含该文字（须与其他条件同用）"}},
	{"sort", 0, FLAG_STR, "ORDER", "sort",
	 {"due (default: the longest overdue first, then the next due), overdue, received or updated",
	  "排序：due（默认：超期最久的在前，再按到期先后）、overdue、received、updated"}, "due overdue received updated"},
	{"natural", 0, FLAG_BOOL, NULL, "@natural",
	 {"what remains and what is over in natural time, not in the clock's own", "剩余和超期按自然时间显示，不按时限自身的计时口径"}},
	FLAGS_END};

const struct flag show_flags[] = {
	{"events", 0, FLAG_INT, "N", "@events",
	 {"the newest N events with it (8; with --json none, if not said)", "附上最近 N 条经过（默认 8；--json 时不写则不附）"}},
	FLAGS_END};

const struct flag page_flags[] = {
	{"limit", 'n', FLAG_INT, "N", "limit", {"at most N rows (50; up to 500)", "最多 N 行（默认 50，上限 500）"}},
	{"cursor", 0, FLAG_STR, "TEXT", "cursor", {"go on where an earlier answer stopped", "接着上一次的结果往下"}},
	{"all", 'a', FLAG_BOOL, NULL, "@all", {"every row, page by page", "逐页取全部"}},
	FLAGS_END};

const struct flag board_flags[] = {
	{"once", 0, FLAG_BOOL, NULL, "@once", {"print it once, as text", "只输出一次，文本形式"}},
	FLAGS_END};

const struct flag advance_flags[] = {
	{"by", 0, FLAG_STR, "DURATION", "by", {"so much further: 240min", "往后拨多少：240min"}},
	{"to", 0, FLAG_TIME, "TIME", "to", {"to that time", "拨到该时间"}},
	FLAGS_END};

const struct flag words_flags[] = {
	{"kind", 'k', FLAG_STR, "KIND", "kind",
	 {"unit, class, estate, grid, channel, result, reason, mark, clock ...",
	  "unit 单位、class 类别、estate 小区、grid 网格、channel 渠道、result 结果、reason 原因、mark 标记、clock 时限 等"},
	 "unit class big_class condition estate grid channel result reason mark mark_value clock state tag"},
	{"of", 0, FLAG_STR, "CODE", "of", {"only those of that class, mark or act", "只要该类别、标记或动作的"}},
	FLAGS_END};

const struct flag origin_flags[] = {
	{"origin", 0, FLAG_BOOL, NULL, "@origin", {"where each value is from", "每项的值来自哪里"}},
	FLAGS_END};

const struct flag version_flags[] = {
	{"version", 0, FLAG_INT, "N", "version", {"a stored version of the pack", "规则包的某个版本"}},
	FLAGS_END};
/* clang-format on */
