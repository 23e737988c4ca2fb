import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { troubles } from "../../provider/hosts/powershell/troubles";

test("docs/doctor.md names every trouble, and no other", () => {
	const text = readFileSync(join(__dirname, "..", "..", "docs", "doctor.md"), "utf8");
	const table = text.slice(text.indexOf("## Troubles"), text.indexOf("The remedies and the source"));
	const named = [...table.matchAll(/`(\w+)`/g)].map(([, name]) => name);
	expect(named.sort()).toEqual(Object.keys(troubles).sort());
});
