import * as z from "zod";
import type { ConnectHost } from "../executor/hosts";
import { describeIssues, inOurWords } from "../model/describeIssues";
import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";
import type { PowerShellEntry } from "./powershell/entry";
import type { ReportEntry } from "./report/connect";

/** A second to a day. Timers beyond 2^31 ms fire at once, and a queue waits for the sum of both. */
const timeoutMs = z.int().min(1_000).max(86_400_000).optional();
const discover = z.enum(["onDoubt", "always", "never"]).optional();
const maxConcurrent = z.int().min(1).max(64).optional();
const processes = {
	discover,
	maxConcurrent,
	maxProcesses: z.int().min(1).max(16).optional(),
	requestTimeoutMs: timeoutMs,
	startTimeoutMs: timeoutMs,
};
const text = z.string().min(1);
const port = z.int().min(1).max(65_535);

/** Names as PowerShell takes them, in whatever letter case. */
function anyCase<const T extends readonly [string, ...string[]]>(...names: T) {
	return z.preprocess(
		(value) => names.find((name) => typeof value === "string" && name.toLowerCase() === value.toLowerCase()) ?? value,
		z.enum(names),
	);
}

const entrySchema = z.discriminatedUnion("kind", [
	z.strictObject({
		kind: z.literal("simulator"),
		file: text.optional(),
		host: text.optional(),
		discover,
		maxConcurrent,
	}),
	z.strictObject({ kind: z.literal("report"), file: text, host: z.int().min(1).optional() }),
	z.strictObject({ kind: z.literal("local"), executable: text.optional(), ...processes }),
	z
		.strictObject({
			kind: z.literal("cim"),
			computerName: text,
			executable: text.optional(),
			credential: z.strictObject({ username: text, password: z.string() }).optional(),
			protocol: anyCase("wsman", "dcom").optional(),
			port: port.optional(),
			useSsl: z.boolean().optional(),
			authentication: anyCase("Default", "Kerberos", "Negotiate", "CredSsp").optional(),
			...processes,
		})
		.superRefine(({ protocol, ...entry }, context) => {
			for (const field of ["port", "useSsl"] as const) {
				if (protocol === "dcom" && entry[field] !== undefined && entry[field] !== false)
					context.addIssue({
						code: "custom",
						path: [field],
						message: "is of WinRM only; leave it out with protocol dcom",
					});
			}
		}),
	z.strictObject({
		kind: z.literal("ssh"),
		address: text,
		user: text.optional(),
		port: port.optional(),
		executable: text.optional(),
		...processes,
	}),
]);

const hostsSchema = z.record(z.string(), entrySchema);

/** One entry of `storageReplication:hosts`. */
export type HostEntry = z.infer<typeof entrySchema>;
export type HostsConfig = Readonly<Record<string, HostEntry>>;

/** The hosts that exist without configuration. */
export const embeddedHosts: HostsConfig = {
	local: { kind: "local" },
	simulator: { kind: "simulator" },
};

const defaultSimulatorFile = "./arrays.json";

/** Reads `storageReplication:hosts`, given as JSON text or as a value. A mistake is told with its path; values are not, they may be secret. */
export function readHostsConfig(value: unknown): HostsConfig {
	if (value === undefined || value === null || value === "") return embeddedHosts;
	const result = hostsSchema.safeParse(typeof value === "string" ? parseJson(value) : value, inOurWords);
	if (result.success) return { ...embeddedHosts, ...result.data };
	throw invalidHosts(describeIssues(result.error, "", "storageReplication:hosts"));
}

/** Connects by name. The connection is made when the host is first spoken to. */
export function connectHosts(config: HostsConfig): ConnectHost {
	return (name) => {
		const entry = Object.hasOwn(config, name) ? config[name] : undefined;
		if (entry === undefined) throw unknownHost(name, Object.keys(config));
		if (entry.kind === "simulator") {
			// Loaded when first needed: most programs have one kind of host, and every provider process pays for loading.
			const { connectSimulator } = require("./simulator/connect") as typeof import("./simulator/connect.js");
			const { kind: _, host = name, file = defaultSimulatorFile, ...settings } = entry;
			return connectSimulator(withoutUndefined({ ...settings, name: host, file }));
		}
		if (entry.kind === "report") {
			const { connectReport } = require("./report/connect") as typeof import("./report/connect.js");
			return connectReport(reportEntry(name, entry));
		}
		const { connectPowerShell } = require("./powershell/connect") as typeof import("./powershell/connect.js");
		return connectPowerShell(powerShellEntry(name, entry));
	};
}

/** An entry with its name, as doctor looks at it. */
export function hostEntry(
	name: string,
	entry: HostEntry,
):
	| PowerShellEntry
	| (ReportEntry & { readonly kind: "report" })
	| { readonly name: string; readonly kind: "simulator" } {
	switch (entry.kind) {
		case "simulator":
			return { name, kind: "simulator" };
		case "report":
			return { ...reportEntry(name, entry), kind: "report" };
		default:
			return powerShellEntry(name, entry);
	}
}

function reportEntry(name: string, { file, host }: Extract<HostEntry, { kind: "report" }>): ReportEntry {
	return { name, file, ...(host === undefined ? {} : { host }) };
}

function powerShellEntry(name: string, entry: Exclude<HostEntry, { kind: "simulator" | "report" }>): PowerShellEntry {
	return withoutUndefined({ ...entry, name }) as PowerShellEntry;
}

function parseJson(value: string): unknown {
	try {
		return JSON.parse(value);
	} catch {
		throw invalidHosts(
			"storageReplication:hosts: not JSON (use `pulumi config set --path storageReplication:hosts.east.kind …`)",
		);
	}
}

function unknownHost(name: string, known: readonly string[]): ReplicationError {
	return new ReplicationError({
		code: errorCodes.unknownHost,
		class: "user",
		what: `no host is named "${name}" (known: ${known.join(", ")}).`,
		dataSafety: "yes, nothing was changed.",
		remedy: `correct the name, or configure it: pulumi config set --path 'storageReplication:hosts.${name}.kind' simulator.`,
	});
}

function invalidHosts(what: string): ReplicationError {
	return new ReplicationError({
		code: errorCodes.invalidHostsConfig,
		class: "user",
		what: `${what}.`,
		dataSafety: "yes, nothing was changed.",
		remedy: "correct the configuration; docs/hosts.md lists what each kind takes.",
	});
}

/** Optional fields that were left out must be absent, not undefined. */
function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
	return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as {
		[K in keyof T]: Exclude<T[K], undefined>;
	};
}
