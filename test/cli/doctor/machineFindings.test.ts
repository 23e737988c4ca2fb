import { expect, test } from "vitest";
import { machineFindings } from "../../../cli/doctor/machineFindings";

const facts = {
	version: "5.1.20348.1",
	edition: "Desktop",
	languageMode: "FullLanguage",
	executionPolicy: "RemoteSigned",
	administrator: true,
	account: { name: "LAB\\svc", authenticationType: "Kerberos", logOnGroups: ["S-1-5-2"] },
	classFound: true,
	methodFound: true,
	runAsJob: true,
	hostTime: null,
	providers: null,
	subsystems: null,
	serves: null,
	groups: null,
	unread: [],
};

function account(change: Partial<typeof facts> | { account: null }, kind: "local" | "cim" = "local", user?: string) {
	const findings = machineFindings({ ...facts, ...change }, kind, user ?? null);
	return findings.find(({ check }) => check === "account")?.text;
}

test("the account is told with its kind of log-on, as far as it is known", () => {
	expect(account({})).toMatch(/^LAB\\svc, network log-on by Kerberos; .*per user$/);
	const two = { ...facts.account, authenticationType: "", logOnGroups: ["S-1-5-4", "S-1-5-14"] };
	expect(account({ account: two })).toMatch(/^LAB\\svc, interactive and remote interactive log-on;/);
	expect(account({ account: { ...two, logOnGroups: ["S-1-5-99"] } })).toContain("a log-on of unknown kind");
	expect(account({ account: null })).toMatch(/^not reported;/);
});

test("over a CimSession it is the account of the session, by a network log-on", () => {
	expect(account({}, "cim", "LAB\\other")).toMatch(/^LAB\\other, network log-on;/);
	expect(account({ account: { ...facts.account, logOnGroups: ["S-1-5-4"] } }, "cim")).toMatch(/^LAB\\svc, network/);
});

test("an account without rights, a constrained language, an old Windows stop an update; no rights known do not", () => {
	const stops = (change: Partial<typeof facts> | { administrator: null }) =>
		machineFindings({ ...facts, ...change }, "local", null).flatMap(({ level, check }) =>
			level === "stop" ? check : [],
		);
	expect(stops({})).toEqual([]);
	expect(stops({ administrator: null })).toEqual([]);
	expect(stops({ administrator: false })).toEqual(["rights"]);
	expect(stops({ languageMode: "ConstrainedLanguage" })).toEqual(["language mode"]);
	expect(stops({ methodFound: false })).toEqual(["namespace and class"]);
});
