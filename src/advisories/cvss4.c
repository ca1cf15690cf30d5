/* SPDX-License-Identifier: Apache-2.0
 *
 * CVSS 4.0 (specification document, section 8): a vector belongs to a macro vector of six equivalence classes, EQ1 to EQ6, whose score experts have
 * set; inside it the score falls by how far the vector is from the worst of its class, in proportion to the step to the next class below. EQ3 and
 * EQ6 depend on one another and are one class of five levels here. Threat and environmental metrics count where they are given; supplemental ones
 * are read and mean nothing for the score. */
#include "advisories/cvss.h"

#include <math.h>

enum { EQ36_LEVELS = 5, STEPS = 9 };

/* Tenths. A row for each of EQ1, EQ2 and EQ3 with EQ6 (named behind it); in it EQ4 and, fastest, EQ5. */
/* clang-format off */
static const uint8_t scores[3 * 2 * EQ36_LEVELS][STEPS] = {
	{100,  98,  95, 100,  93,  91,  93,  89,  81}, /* 00 00 */
	{ 99,  95,  92,  96,  87,  81,  90,  80,  68}, /* 00 01 */
	{ 98,  95,  90,  93,  89,  81,  88,  78,  69}, /* 00 10 */
	{ 95,  92,  84,  92,  81,  65,  80,  70,  48}, /* 00 11 */
	{ 92,  82,  72,  79,  69,  50,  69,  55,  27}, /* 00 21 */
	{ 99,  95,  92,  95,  90,  84,  92,  82,  72}, /* 01 00 */
	{ 97,  92,  85,  91,  83,  71,  81,  71,  53}, /* 01 01 */
	{ 95,  92,  85,  92,  80,  70,  84,  71,  50}, /* 01 10 */
	{ 93,  85,  73,  82,  72,  59,  70,  52,  30}, /* 01 11 */
	{ 86,  75,  52,  71,  52,  29,  63,  29,  17}, /* 01 21 */
	{ 98,  94,  91,  94,  86,  77,  87,  74,  63}, /* 10 00 */
	{ 95,  87,  81,  89,  74,  64,  75,  63,  49}, /* 10 01 */
	{ 94,  88,  76,  86,  74,  59,  72,  57,  52}, /* 10 10 */
	{ 89,  77,  67,  76,  58,  50,  57,  52,  25}, /* 10 11 */
	{ 83,  70,  54,  65,  58,  26,  53,  21,  13}, /* 10 21 */
	{ 95,  88,  76,  90,  75,  61,  77,  68,  52}, /* 11 00 */
	{ 90,  76,  70,  77,  62,  53,  66,  59,  30}, /* 11 01 */
	{ 89,  76,  62,  74,  57,  47,  61,  57,  24}, /* 11 10 */
	{ 78,  67,  58,  59,  57,  23,  52,  29,  16}, /* 11 11 */
	{ 71,  59,  30,  58,  26,  15,  23,  13,   6}, /* 11 21 */
	{ 93,  86,  75,  86,  74,  56,  70,  52,  40}, /* 20 00 */
	{ 87,  72,  58,  74,  61,  34,  54,  40,  22}, /* 20 01 */
	{ 85,  74,  62,  72,  55,  46,  53,  34,  19}, /* 20 10 */
	{ 75,  55,  51,  57,  41,  19,  36,  19,   8}, /* 20 11 */
	{ 64,  51,  20,  47,  21,  11,  24,   9,   4}, /* 20 21 */
	{ 88,  73,  60,  73,  59,  41,  54,  45,  20}, /* 21 00 */
	{ 75,  53,  50,  55,  40,  20,  43,  22,  11}, /* 21 01 */
	{ 75,  58,  40,  61,  48,  20,  46,  17,   8}, /* 21 10 */
	{ 55,  45,  21,  51,  18,   9,  18,   7,   2}, /* 21 11 */
	{ 53,  24,  14,  24,  12,   5,  10,   3,   1}, /* 21 21 */
};

enum { AV, AC, AT, PR, UI, VC, VI, VA, SC, SI, SA, E, CR, IR, AR, BASE, MAV = BASE, SUPPLEMENTAL = BASE + 11 };

/* The values of each metric from the worst on; the letters behind X in the table of metrics say how far they are from it. */
static const cvss_metric metrics[] = {
	{"AV", "NALP", true}, {"AC", "LH", true}, {"AT", "NP", true}, {"PR", "NLH", true}, {"UI", "NPA", true},
	{"VC", "HLN", true}, {"VI", "HLN", true}, {"VA", "HLN", true}, {"SC", "HLN", true}, {"SI", "HLN", true}, {"SA", "HLN", true},
	{"E", "APUX", false}, {"CR", "HMLX", false}, {"IR", "HMLX", false}, {"AR", "HMLX", false},
	{"MAV", "NALPX", false}, {"MAC", "LHX", false}, {"MAT", "NPX", false}, {"MPR", "NLHX", false}, {"MUI", "NPAX", false},
	{"MVC", "HLNX", false}, {"MVI", "HLNX", false}, {"MVA", "HLNX", false}, {"MSC", "HLNX", false}, {"MSI", "SHLNX", false},
	{"MSA", "SHLNX", false},
	{"S", "NPX", false}, {"AU", "NYX", false}, {"R", "AUIX", false}, {"V", "DCX", false}, {"RE", "LMHX", false}, {"U", "*", false},
	{NULL, NULL, false},
};

/* How far a value is from the worst, in steps; the worst of SI and SA is S, which only their modified metrics have. */
static const char *const orders[BASE] = {
	[AV] = "NALP", [AC] = "LH", [AT] = "NP", [PR] = "NLH", [UI] = "NPA", [VC] = "HLN", [VI] = "HLN", [VA] = "HLN", [SC] = "SHLN",
	[SI] = "SHLN", [SA] = "SHLN", [E] = "APU", [CR] = "HML", [IR] = "HML", [AR] = "HML",
};

typedef struct class_level { /* one level of a class: its worst vectors, and how many steps it is deep */
	int depth;
	const char *worst[6];
} class_level;

static const uint8_t eq1_metrics[] = {AV, PR, UI}, eq2_metrics[] = {AC, AT}, eq36_metrics[] = {VC, VI, VA, CR, IR, AR},
		     eq4_metrics[] = {SC, SI, SA};

static const class_level eq1_levels[] = {{1, {"NNN"}}, {4, {"ANN", "NLN", "NNP"}}, {5, {"PNN", "ALP"}}};
static const class_level eq2_levels[] = {{1, {"LN"}}, {2, {"HN", "LP"}}};
static const class_level eq36_levels[] = {
	{7, {"HHHHHH"}}, {6, {"HHLMMH", "HHHMMM"}}, {8, {"LHHHHH", "HLHHHH"}},
	{8, {"LHLHMH", "LHHHMM", "HLHMHM", "HLLMHH", "LLHHHM"}}, {10, {"LLLHHH"}},
};
static const class_level eq4_levels[] = {{6, {"HSS"}}, {5, {"HHH"}}, {4, {"LLL"}}};
/* clang-format on */

typedef struct vector4 {
	char v[BASE];                 /* as they count */
	int eq1, eq2, eq36, eq4, eq5; /* levels */
} vector4;

static int steps_of(int metric, char value)
{
	return (int)(strchr(orders[metric], value) - orders[metric]);
}

/* --- levels --- */

static int eq1_of(const char *v)
{
	int best = (v[AV] == 'N') + (v[PR] == 'N') + (v[UI] == 'N');
	return best == 3 ? 0 : best && v[AV] != 'P' ? 1 : 2;
}

static int eq36_of(const char *v)
{
	bool high = v[VC] == 'H' || v[VI] == 'H' || v[VA] == 'H';
	bool wanted = (v[CR] == 'H' && v[VC] == 'H') || (v[IR] == 'H' && v[VI] == 'H') ||
		      (v[AR] == 'H' && v[VA] == 'H');
	if (v[VC] == 'H' && v[VI] == 'H')
		return wanted ? 0 : 1;
	return !high ? 4 : wanted ? 2 : 3;
}

static int eq4_of(const char *v)
{
	if (v[SI] == 'S' || v[SA] == 'S')
		return 0;
	return v[SC] == 'H' || v[SI] == 'H' || v[SA] == 'H' ? 1 : 2;
}

/* Metrics as they count: the modified one where it is given, the worst where nothing is. */
static void vector_settle(const char *given, vector4 *ret)
{
	for (int i = 0; i < BASE; i++) {
		char modified = i < E ? given[MAV + i] : 0;
		char value = modified && modified != 'X' ? modified : given[i];
		ret->v[i] = value && value != 'X' ? value : orders[i][0];
	}
	ret->eq1 = eq1_of(ret->v);
	ret->eq2 = ret->v[AC] == 'L' && ret->v[AT] == 'N' ? 0 : 1;
	ret->eq36 = eq36_of(ret->v);
	ret->eq4 = eq4_of(ret->v);
	ret->eq5 = steps_of(E, ret->v[E]);
}

/* The score of a macro vector; NAN where there is no such level. */
static double macro_score(int eq1, int eq2, int eq36, int eq4, int eq5)
{
	if (eq1 > 2 || eq2 > 1 || eq36 >= EQ36_LEVELS || eq4 > 2 || eq5 > 2)
		return NAN;
	return scores[(eq1 * 2 + eq2) * EQ36_LEVELS + eq36][eq4 * 3 + eq5] / 10.0;
}

/* The level below in EQ3 and EQ6: of the best there are two, and the higher score counts. */
static double eq36_below(const vector4 *x)
{
	static const int below[EQ36_LEVELS][2] = {{1, 2}, {3, 3}, {3, 3}, {4, 4}, {EQ36_LEVELS, EQ36_LEVELS}};
	return fmax(macro_score(x->eq1, x->eq2, below[x->eq36][0], x->eq4, x->eq5),
		macro_score(x->eq1, x->eq2, below[x->eq36][1], x->eq4, x->eq5));
}

/* --- inside a level --- */

/* How many steps the vector is from the first of the worst vectors that is no better than it in any metric. */
static int distance(const vector4 *x, const uint8_t *of, int count, const class_level *level)
{
	for (const char *const *worst = level->worst; *worst; worst++) {
		int sum = 0, i = 0;
		for (; i < count; i++) {
			int steps = steps_of(of[i], x->v[of[i]]) - steps_of(of[i], (*worst)[i]);
			if (steps < 0)
				break;
			sum += steps;
		}
		if (i == count)
			return sum;
	}
	return 0;
}

double cvss4_score(span vector)
{
	char given[CVSS_METRICS];
	vector4 x;
	if (!cvss_read(vector, metrics, given))
		return -1;
	vector_settle(given, &x);
	bool none = true;
	for (int i = VC; i <= SA; i++)
		none = none && x.v[i] == 'N';
	if (none)
		return 0;
	double score = macro_score(x.eq1, x.eq2, x.eq36, x.eq4, x.eq5);
	const struct {
		double below;
		int distance, depth;
	} classes[] = {
		{macro_score(x.eq1 + 1, x.eq2, x.eq36, x.eq4, x.eq5),
			distance(&x, eq1_metrics, 3, &eq1_levels[x.eq1]), eq1_levels[x.eq1].depth},
		{macro_score(x.eq1, x.eq2 + 1, x.eq36, x.eq4, x.eq5),
			distance(&x, eq2_metrics, 2, &eq2_levels[x.eq2]), eq2_levels[x.eq2].depth},
		{eq36_below(&x), distance(&x, eq36_metrics, 6, &eq36_levels[x.eq36]),
			eq36_levels[x.eq36].depth},
		{macro_score(x.eq1, x.eq2, x.eq36, x.eq4 + 1, x.eq5),
			distance(&x, eq4_metrics, 3, &eq4_levels[x.eq4]), eq4_levels[x.eq4].depth},
		{macro_score(x.eq1, x.eq2, x.eq36, x.eq4, x.eq5 + 1), 0, 1},
	};
	double sum = 0;
	int count = 0;
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (!isnan(classes[i].below)) {
			sum += (score - classes[i].below) * classes[i].distance / classes[i].depth;
			count++;
		}
	score -= count ? sum / count : 0;
	return fmin(fmax(round((score + 1e-6) * 10) / 10, 0), 10);
}
