/* words: states, clocks and tasks, as the trade calls them. */
#include "clients/gridctl/term/words.h"

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
	/* what happened */
	{"case.submitted", "上报"}, {"case.dispatched", "派遣"}, {"task.given", "协办派遣"}, {"task.accepted", "接单"},
	{"task.arrived", "到场"}, {"task.returned", "退单"}, {"task.finished", "办结"}, {"case.verified", "核查"},
	{"request.asked", "申请"}, {"request.decided", "审批"}, {"case.suspended", "挂账"}, {"case.resumed", "恢复"},
	{"case.arbitrated", "裁定"}, {"case.waived", "免责"}, {"case.amended", "更正"}, {"case.linked", "关联"},
	{"case.marked", "标记"}, {"case.noted", "备注"}, {"case.urged", "催办"}, {"case.deadline_set", "外部时限"},
	{"case.revealed", "查看来电人"}, {"case.rejected", "作废"}, {"case.reopened", "重开"}, {"case.merged", "并案"},
	{"case.absorbed", "并入"}, {"case.unmerged", "撤销并案"}, {"case.released", "分出"}, {"case.answered", "随主案办结"},
	{"supervision.opened", "督办"}, {"supervision.replied", "督办回复"}, {"supervision.judged", "督办验收"},
	{"supervision.expired", "督办逾期"}, {"notice.acknowledged", "确认收到"}, {"notice.repeated", "再次提醒"}, {"notice.failed", "通知未送达"},
	{"clock.warned", "到期提醒"}, {"clock.breached", "超期"}, {"clock.escalated", "升级"}, {"clock.corrected", "超期更正"},
	{"clock.moved", "时限重算"}, {"timer.repaired", "定时修复"},
	/* clocks */
	{"discover", "发现"}, {"dispatch", "派遣"}, {"accept", "接单"}, {"arrive", "到场"}, {"handle", "处置"},
	{"verify", "核查"}, {"decide", "审批"}, {"overall", "全程"}, {"supervise", "督办"},
	{"running", "计时中"}, {"paused", "暂停"}, {"stopped", "已停"},
	/* tasks */
	{"lead", "主办"}, {"assist", "协同"}, {"check", "核查"},
	{"given", "已派单"}, {"accepted", "已接单"}, {"arrived", "已到场"}, {"returned", "已退单"}, {"withdrawn", "已撤回"},
	/* why a task or a case went back */
	{"not_accepted", "逾期未接单"}, {"redispatched", "已改派"}, {"rerouted", "按规则重派"}, {"lead_finished", "主办已完成"},
	{"check_over", "核查已毕"}, {"bounced", "多次退单"}, {"propose", "须人工确认"}, {"no_handler", "无可派单位"},
	{"no_limit", "无时限规定"}, {"cannot_tell", "规则无法判断"}, {"reopened", "重开"},
	/* requests and supervision orders */
	{"extend", "延期"}, {"suspend", "挂账"}, {"waive", "免责"},
	{"overdue", "超期"}, {"leader", "领导交办"}, {"key", "重点"},
	{"open", "待回复"}, {"replied", "已回复"}, {"expired", "逾期未复"}, {"lapsed", "自然终止"},
	/* notices */
	{"task", "派单"}, {"remind", "提醒"}, {"nightly", "超期清单"}, {"monthly", "月报"}, {"test", "测试"}, {"level", "升级"}, {"urge", "催办"}, {"order", "督办单"},
	{"waiting", "待发"}, {"delivered", "已送达"}, {"failed", "失败待重试"}, {"dead", "已放弃"}, {"nobody", "无人在岗"},
	/* nights */
	{"on_time", "按时"}, {"late", "补发"}, {"reckoned", "补算"}, {"planned", "已生成"}, {"skipped", "已跳过"},
	/* whose time it was */
	{"register", "登记"},
	/* attachments */
	{"before", "处置前照片"}, {"after", "处置后照片"}, {"document", "文书"},
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

const char *word_at(size_t i) { return i < COUNT_OF(words) ? words[i].word : NULL; }
