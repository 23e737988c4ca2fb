import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { virtualDiskSetReplicationRelationshipOperation as codes } from "../../provider/model/vocabulary/operations";
import { plannedOperations } from "../../provider/planner/operations";
import { root } from "./pages";

test("docs/operations.md has all operations, and says of each whether it is ever planned", () => {
	const text = readFileSync(join(root, "docs", "operations.md"), "utf8");
	const rows = [...text.matchAll(/^\| (\d+) \| (\w+) \| .+ \| (.+) \|$/gm)].map(
		([, code, name = "", planned = ""]) => ({
			code: Number(code),
			name,
			planned: !planned.startsWith("never"),
		}),
	);
	const known = Object.entries(codes).map(([name, code]) => ({
		code,
		name,
		planned: (plannedOperations as readonly string[]).includes(name),
	}));
	expect(rows).toEqual(known.sort((one, other) => one.code - other.code));
	expect(text).toContain(
		`has ${known.length} operations. ${plannedOperations.length} of them are planned; ${known.length - plannedOperations.length} never`,
	);
});
