import { expect, test } from "vitest";
import { isNotWorse } from "../../provider/planner/comparePlans";
import type { Loss, OperationStep } from "../../provider/planner/plan";

const losing = (loses: Loss): OperationStep => ({
	kind: "operation",
	operation: "ResyncReplica",
	code: 14,
	at: "source",
	hazard: "dataLoss",
	loses,
	until: { copyState: "Synchronized", direction: "forward" },
	why: "",
});
const image = losing({ end: "target", age: "yes", what: "pointInTime" });
const recent = losing({ end: "target", age: "recent" });
const old = losing({ end: "target", age: "yes" });

test("who gave up an image was not asked for writes, nor who gave up recent ones for old ones", () => {
	const kinds = [image, recent, old];
	const covered = kinds.map((agreed) => kinds.map((step) => isNotWorse([step], [agreed])));
	expect(covered).toEqual([
		[true, false, false],
		[true, true, false],
		[true, true, true],
	]);
});
