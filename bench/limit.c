/* How fast could one core match at all?  cc -O3 -march=native limit.c -o limit && ./limit
 *
 * Two loops that an exhaustive answer cannot do without, each the best of fifteen passes; no gates, no musts, no lists.
 * First the points of 256 people for one opening: twelve rows of 256 bytes (credits 0 to 250), each times a weight of 1
 * to 5, summed in 16 bits; nanoseconds per row. Then the rows themselves: 256 bytes set to zero, and the credit of each
 * of HOLDINGS holdings, as many as a row of the drawn country has, put in its place if it is the higher one;
 * nanoseconds per row. All rows lie in the second cache (600 of them: 150 KB). The compiler of the system turns the
 * plain loops into the widest instructions it knows. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LANES 256
#define ROWS 12
#define HELD 600
#define OPENINGS 2000
#define CALLS 100000
#define PASSES 15
#ifndef HOLDINGS
#define HOLDINGS 5
#endif

static uint8_t held[HELD][LANES] __attribute__((aligned(64)));
static int chosen[OPENINGS][ROWS];
static uint16_t weight[OPENINGS][ROWS];
static uint16_t points[LANES] __attribute__((aligned(64)));
static uint8_t lane_of[OPENINGS][HOLDINGS], code_of[OPENINGS][HOLDINGS], credit_of[48];

static unsigned seen;

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
  return at.tv_sec + 1e-9 * at.tv_nsec;
}

static void add_up(const int *rows, const uint16_t *by) {
  for (int row = 0; row < ROWS; row += 4) {
    const uint8_t *a = held[rows[row]], *b = held[rows[row + 1]], *c = held[rows[row + 2]], *d = held[rows[row + 3]];
    for (int lane = 0; lane < LANES; lane++) {
      uint16_t sum = a[lane] * by[row] + b[lane] * by[row + 1] + c[lane] * by[row + 2] + d[lane] * by[row + 3];
      points[lane] = row ? points[lane] + sum : sum;
    }
  }
}

static void write_row(uint8_t *row, const uint8_t *lanes, const uint8_t *codes) {
  memset(row, 0, LANES);
  for (int item = 0; item < HOLDINGS; item++) {
    uint8_t credit = credit_of[codes[item]], *found = row + lanes[item];
    *found = credit > *found ? credit : *found;
  }
}

static double add_many(void) {
  double began = now();
  for (int call = 0; call < CALLS; call++) {
    add_up(chosen[call % OPENINGS], weight[call % OPENINGS]);
    seen += points[call % LANES];
  }
  return (now() - began) / CALLS / ROWS;
}

static double write_many(void) {
  double began = now();
  for (int call = 0; call < CALLS; call++) {
    write_row(held[call % HELD], lane_of[call % OPENINGS], code_of[call % OPENINGS]);
    seen += held[call % HELD][call % LANES];
  }
  return (now() - began) / CALLS;
}

static double best_of(double (*work)(void)) {
  double best = 1e9;
  for (int pass = 0; pass < PASSES; pass++) {
    double took = work();
    if (took < best) best = took;
  }
  return 1e9 * best;
}

static void fill(void) {
  for (int row = 0; row < HELD; row++)
    for (int lane = 0; lane < LANES; lane++) held[row][lane] = rand() % 251;
  for (int opening = 0; opening < OPENINGS; opening++) {
    for (int row = 0; row < ROWS; row++) {
      chosen[opening][row] = rand() % HELD;
      weight[opening][row] = 1 + rand() % 5;
    }
    for (int item = 0; item < HOLDINGS; item++) {
      lane_of[opening][item] = rand() % LANES;
      code_of[opening][item] = rand() % 48;
    }
  }
  for (int code = 0; code < 48; code++) credit_of[code] = rand() % 251;
}

int main(void) {
  fill();
  double added = best_of(add_many), written = best_of(write_many);
  printf("%.3f %.3f %u\n", added, written, seen);
  return 0;
}
