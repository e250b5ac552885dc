/* How fast could one core add up points at all?  cc -O3 -march=native limit.c -o limit && ./limit
 *
 * The points of 256 people for one opening: twelve rows of 256 bytes (credits 0 to 250), each times a weight of 1 to 5,
 * summed in 16 bits. All rows lie in the second cache (600 of them: 150 KB). No gates, no musts, no lists: what is left
 * is the arithmetic that an exact answer over these rows cannot do without. Prints nanoseconds per row of 256, the best
 * of fifteen passes. The compiler of the system turns the plain loop into the widest instructions it knows. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LANES 256
#define ROWS 12
#define HELD 600
#define OPENINGS 2000
#define CALLS 100000

static uint8_t held[HELD][LANES] __attribute__((aligned(64)));
static int chosen[OPENINGS][ROWS];
static uint16_t weight[OPENINGS][ROWS];
static uint16_t points[LANES] __attribute__((aligned(64)));

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

int main(void) {
  for (int row = 0; row < HELD; row++)
    for (int lane = 0; lane < LANES; lane++) held[row][lane] = rand() % 251;
  for (int opening = 0; opening < OPENINGS; opening++)
    for (int row = 0; row < ROWS; row++) {
      chosen[opening][row] = rand() % HELD;
      weight[opening][row] = 1 + rand() % 5;
    }
  double best = 1e9;
  unsigned seen = 0;
  for (int pass = 0; pass < 15; pass++) {
    double began = now();
    for (int call = 0; call < CALLS; call++) {
      add_up(chosen[call % OPENINGS], weight[call % OPENINGS]);
      seen += points[call % LANES];
    }
    double took = now() - began;
    if (took < best) best = took;
  }
  printf("%.3f %u\n", 1e9 * best / CALLS / ROWS, seen);
  return 0;
}
