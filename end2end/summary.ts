// One plain closing line: what ran and how it ended.
import type { FullResult, Reporter, Suite, TestCase, TestResult } from "@playwright/test/reporter";

export default class Summary implements Reporter {
  private counts = { passed: 0, failed: 0, skipped: 0 };

  onTestEnd(_test: TestCase, result: TestResult) {
    if (result.status === "passed") this.counts.passed += 1;
    else if (result.status === "skipped") this.counts.skipped += 1;
    else this.counts.failed += 1;
  }

  onEnd(_result: FullResult) {
    const { passed, failed, skipped } = this.counts;
    console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  }

  onBegin(_config: unknown, _suite: Suite) {}
}
