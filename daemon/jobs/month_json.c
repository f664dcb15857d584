/* month_json: the cases behind a number, as report.cases answers them. */
#include "daemon/jobs/month_json.h"

static void write_found(struct json_out *j, const struct kpi_found *f) {
	jout_object(j);
	jout_kv_str(j, "case", f->number);
	jout_kv_int(j, "seq", f->seq);
	if (f->weight) {
		jout_key(j, "weight");
		jout_num(j, (double)f->weight / 1000);
	}
	jout_end_object(j);
}

void month_cases_write(const struct kpi_wanted *w, const struct kpi *k, const kpi_found_list *found, struct json_out *j) {
	jout_kv_str(j, "indicator", indicator_ids[w->indicator]);
	jout_kv_str(j, "part", kpi_part_names[w->part]);
	month_key_write(k, w->key, j);
	jout_key(j, "cases");
	jout_array(j);
	for (size_t i = 0; i < found->n; i++)
		write_found(j, &found->v[i]);
	jout_end_array(j);
}
