import { expect, test } from "vitest";
import { parse } from "yaml";
import { readHostsConfig } from "../../provider/hosts/hostsConfig";
import { blocksOf, pages } from "./pages";

const key = "storageReplication:hosts";

/** As Pulumi hands it over: a secret is its text. */
function decrypted(value: unknown): unknown {
	if (typeof value !== "object" || value === null) return value;
	if ("secure" in value) return "a password";
	return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, decrypted(each)]));
}

test("every configuration of hosts that a page shows is a valid one, and together they have every kind", () => {
	const shown = pages().flatMap((page) =>
		blocksOf(page).flatMap(({ language, text, line }) => {
			if (!text.includes('"kind"') && !text.includes(key)) return [];
			if (language !== "json" && language !== "yaml") return [];
			// Situations have a kind as well.
			if (text.includes('"observed"')) return [];
			const value = parse(text) as Record<string, Record<string, unknown>>;
			const hosts = language === "json" ? value : (value.config?.[key] ?? value[key]);
			return [{ at: `${page.path}:${line}`, hosts: decrypted(hosts) }];
		}),
	);
	for (const { at, hosts } of shown) {
		expect(hosts, at).toBeTypeOf("object");
		expect(() => readHostsConfig(hosts), at).not.toThrow();
	}
	const kinds = shown.flatMap(({ hosts }) =>
		Object.values(hosts as Record<string, { kind: string }>).map(({ kind }) => kind),
	);
	expect([...new Set(kinds)].sort()).toEqual(["cim", "local", "report", "simulator", "ssh"]);
});
