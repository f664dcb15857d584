/* words: states, clocks and tasks, as the trade calls them. */
#include "clients/gridctl/words.h"

#include "daemon/base/check.h"

#include <stddef.h>
#include <string.h>

/* clang-format off: a table, read by rows */
static const struct {
	const char *word, *zh;
} words[] = {
	/* states of a case */
	{"triage", "待派遣"}, {"dispatched", "待处置"}, {"handling", "处置中"}, {"finished", "待核查"},
	{"suspended", "挂账"}, {"closed", "结案"}, {"rejected", "作废"}, {"merged", "已并案"},
	/* clocks */
	{"discover", "发现"}, {"dispatch", "派遣"}, {"accept", "接单"}, {"arrive", "到场"}, {"handle", "处置"},
	{"verify", "核查"}, {"decide", "审批"}, {"overall", "全程"}, {"supervise", "督办"},
	{"running", "计时中"}, {"paused", "暂停"}, {"stopped", "已停"},
	/* tasks */
	{"lead", "主办"}, {"assist", "协同"}, {"check", "核查"},
	{"given", "已派单"}, {"accepted", "已接单"}, {"arrived", "已到场"}, {"returned", "已退单"}, {"withdrawn", "已撤回"},
	/* urgency */
	{"normal", "一般"}, {"urgent", "紧急"}, {"emergency", "应急"},
};
/* clang-format on */

const char *word_zh(const char *word) {
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].zh;
	return NULL;
}
