/* address: which estate an address lies in. */
#include "daemon/rules/inside.h"
#include "daemon/rules/words.h"

static bool is_digit_or_letter(uint32_t c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); }

/* 12弄 isn't found in 312弄, nor 300 in 3001. */
static bool is_whole_word(const struct folded *f, const struct word_hit *h) {
	if (h->from > 0 && is_digit_or_letter(f->v[h->from]) && is_digit_or_letter(f->v[h->from - 1]))
		return false;
	return !(h->to < f->n && is_digit_or_letter(f->v[h->to - 1]) && is_digit_or_letter(f->v[h->to]));
}

static bool lies_within(const struct word_hit *small, const struct word_hit *big) {
	return big->from <= small->from && small->to <= big->to && big->to - big->from > small->to - small->from;
}

/* A name within a longer name that was found as well says nothing: 永和 in 永和新城. Hits come by their ends, so a longer
 * one around it ends at or after it. */
static bool is_covered(const word_hit_list *hits, size_t i) {
	for (size_t j = 0; j < hits->n; j++)
		if (lies_within(&hits->v[i], &hits->v[j]))
			return true;
	return false;
}

const struct estate *pack_estate_by_address(const struct pack *p, const char *address, struct arena *a, const char **found) {
	word_hit_list hits = {0};
	struct folded text;
	*found = NULL;
	if (word_finder_is_empty(p->addresses))
		return NULL;
	word_finder_search(p->addresses, address, a, &hits, &text);
	size_t n = 0;
	for (size_t i = 0; i < hits.n; i++)
		if (is_whole_word(&text, &hits.v[i]))
			hits.v[n++] = hits.v[i];
	hits.n = n;
	const struct address_name *best = NULL;
	for (size_t i = 0; i < hits.n; i++) {
		const struct address_name *name = hits.v[i].thing;
		if (is_covered(&hits, i))
			continue;
		if (!name->estate || (best && best->estate != name->estate))
			return NULL;
		best = name;
	}
	*found = best ? best->text : NULL;
	return best ? best->estate : NULL;
}
