import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
	AnalyzeRequest,
	type AnalyzeResponse,
	AnalyzerProviderResource,
	AnalyzerResourceOptions,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { VirtualDiskReplication, VirtualDiskSnapshot } from "../../sdk";

/** What the engine sends for a value that is not known yet (sdk/go/common/resource/plugin/rpc.go). */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const loss = "1. Failover (10) at west: Orders-DR starts serving [dataLoss: writes of Orders]";

let pack: ChildProcess;
let analyzer: AnalyzerClient;

beforeAll(async () => {
	pack = spawn(process.execPath, [join(__dirname, "fixtures", "pack.cjs")], { stdio: ["ignore", "pipe", "inherit"] });
	const port = await new Promise<string>((resolve, reject) => {
		pack.stdout?.once("data", (data: Buffer) => resolve(data.toString().trim()));
		pack.once("exit", (code) => reject(new Error(`the pack ended with ${code}`)));
	});
	analyzer = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
});

afterAll(() => {
	analyzer?.close();
	pack?.kill();
});

/** Violations by policy, as the engine is answered for a resource that passed check. */
function analyze(
	props: object,
	{ stack = "dev", protect = true, type = VirtualDiskReplication.__pulumiType } = {},
): Promise<Record<string, string>> {
	const provider = new AnalyzerProviderResource();
	provider.setType("pulumi:providers:pulumi-nodejs");
	provider.setName("default");
	const hosts = { east: { kind: "simulator" }, west: { kind: "simulator" } };
	provider.setProperties(Struct.fromJavaScript({ "storageReplication:hosts": JSON.stringify(hosts) }));
	const options = new AnalyzerResourceOptions();
	options.setProtect(protect);
	const request = new AnalyzeRequest();
	request.setType(type);
	request.setName("orders");
	request.setUrn(`urn:pulumi:${stack}::program::${type}::orders`);
	request.setOptions(options);
	request.setProvider(provider);
	request.setProperties(
		Struct.fromJavaScript({
			source: { host: "east", virtualDisk: "Orders" },
			target: { host: "west", virtualDisk: "Orders-DR" },
			syncMode: "synchronous",
			plannedOperations: [],
			...props,
		}),
	);
	return new Promise((resolve, reject) => {
		analyzer.analyze(request, (error: Error | null, answer: AnalyzeResponse) => {
			if (error !== null) return reject(error);
			const told = answer.getDiagnosticsList().map((each) => [each.getPolicyname(), each.getMessage()] as const);
			resolve(Object.fromEntries(told));
		});
	});
}

test("a policy that names the class sees the resource, and rules that hold say nothing", async () => {
	const told = await analyze({});
	expect(Object.keys(told)).toEqual(["typed"]);
	expect(told.typed).toContain("typed: Orders");
});

test("rules that are violated are told by the real analyzer", async () => {
	const told = await analyze(
		{ plannedOperations: [loss], syncMode: "asynchronous" },
		{ stack: "prod", protect: false },
	);
	expect(Object.keys(told).sort()).toEqual([
		"active-needs-lag-gate",
		"asynchronous-needs-recovery-point-objective",
		"deletion-needs-label",
		"no-data-loss-without-reason",
		"production-uses-no-simulator",
		"typed",
	]);
	expect(told["no-data-loss-without-reason"]).toContain(`orders: the plan destroys writes (${loss})`);
});

test("a copy is judged by the rules of copies alone, and of a host that it does not name", async () => {
	const given = "1. ReturnToResourcePool (19) at east: Orders-Snap is deleted [dataLoss: the disk Orders-Snap]";
	const target = { virtualDisk: "Orders-Snap", storagePool: "Pool" };
	const told = await analyze(
		{ kind: "Snapshot", target, syncMode: unknown, expendable: "everything", plannedOperations: [given] },
		{ stack: "prod", protect: false, type: VirtualDiskSnapshot.__pulumiType },
	);
	expect(Object.keys(told).sort()).toEqual([
		"deletion-needs-label",
		"drill-needs-expiry",
		"expendable-everything-needs-reason",
		"no-data-loss-without-reason",
		"production-uses-no-simulator",
	]);
});

test("a plan that is not known in preview yet is not taken for harmless", async () => {
	const told = await analyze({ plannedOperations: unknown });
	expect(told).toHaveProperty("no-data-loss-without-reason");
});
