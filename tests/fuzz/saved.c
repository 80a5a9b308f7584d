/* SPDX-License-Identifier: MIT */
/* saved.c - fuzzes a result that was saved, on its way into every format. */
/* wrap: die_usage */
#include "saved.h"

#include "base.h"
#include "report/report.h"
#include "target.h"

#include <setjmp.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static jmp_buf refused;

_Noreturn void __wrap_die_usage(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
_Noreturn void __wrap_die_usage(const char *fmt, ...)
{
	va_list args;
	char *why;

	va_start(args, fmt);
	why = vtext(fmt, args);
	va_end(args);
	free(why);
	longjmp(refused, 1);
}

static json_t *read_back(const uint8_t *data, size_t n)
{
	int fd = memfd_create("saved", MFD_CLOEXEC);
	char *path = text("/proc/self/fd/%d", fd);
	json_t *volatile saved = NULL;

	must(fd >= 0 && write(fd, data, n) == (ssize_t)n);
	if (setjmp(refused) == 0)
		saved = read_saved(path);
	free(path);
	close_range((unsigned)fd, ~0u, 0);
	return saved;
}

/* As grade.c does. */
static void tell(const struct report *format, const json_t *result)
{
	static const struct report_style style = {.root = "/nowhere",
						  .timelines = true};
	const json_t *lab, *check;
	char *told = NULL;
	size_t size, i, k;
	FILE *out = open_memstream(&told, &size);

	must(out);
	json_array_foreach(json_object_get(result, "labs"), i, lab)
	{
		json_array_foreach(json_object_get(lab, "checks"), k, check)
		{
			if (format->check)
				format->check(out, &style, check);
		}
		if (format->lab)
			format->lab(out, &style, lab);
	}
	if (format->whole)
		format->whole(out, &style, result);
	fclose(out);
	for (i = 0; i < size; i++)
		must(told[i] < 0 || told[i] >= ' ' || told[i] == '\n' ||
		     told[i] == '\t');
	free(told);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct report *const formats[] = {
		&report_text,	 &report_json,	      &report_html,
		&report_junit,	 &report_tap,	      &report_gradescope,
		&report_github,	 &report_exercism,    &report_classroom50,
		&report_autolab, &report_prairielearn};
	json_t *saved = read_back(data, n);

	for (size_t i = 0; saved && i < sizeof(formats) / sizeof(*formats); i++)
		tell(formats[i], saved);
	json_decref(saved);
	return 0;
}
