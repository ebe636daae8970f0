/**
 * Sums the last lines of cargo's test runners: `test result: ok. 5 passed; 0 failed; 0 ignored; …`.
 * @param {string} text
 */
export function countTests(text) {
  const counts = { passed: 0, failed: 0, ignored: 0 };
  for (const [, passed, failed, ignored] of text.matchAll(
    /^test result: .*?(\d+) passed; (\d+) failed; (\d+) ignored/gm,
  )) {
    counts.passed += Number(passed);
    counts.failed += Number(failed);
    counts.ignored += Number(ignored);
  }
  return counts;
}
