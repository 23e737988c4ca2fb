# Asks for what is not there, through the bridge's own script (BOOTSTRAP), and writes each error as the bridge tells it:
# one line `probe: {…}` each. Changes nothing: what would change something names no object that exists.
$ErrorActionPreference = 'Stop'
. ([scriptblock]::Create([System.IO.File]::ReadAllText($env:BOOTSTRAP)))
Set-StrictMode -Version Latest
$global:PsrConnection.TimeoutSec = [uint32]60

$namespace = $global:PsrNamespace

function Write-Probe([string]$Name, [scriptblock]$Ask) {
	$global:PsrStage = 'before'
	$global:PsrUnread = [System.Collections.Generic.List[object]]::new()
	$answer = [ordered]@{ name = $Name; rows = $null; code = $null; failure = $null }
	try {
		$got = & $Ask
		if ($got -is [System.Collections.IDictionary]) { $answer.code = $got.code }
		else { $answer.rows = @($got | Where-Object { $null -ne $_ }).Count }
		if ($global:PsrUnread.Count -gt 0) { $answer.failure = New-PsrFailure $global:PsrUnread[0].record }
	} catch { $answer.failure = New-PsrFailure $_ }
	$global:PsrNamespace = $namespace
	[Console]::Out.WriteLine('probe: ' + (ConvertTo-Json -InputObject $answer -Depth 6 -Compress))
}

# Mandatory in reads: the class is not optional, so that its absence is an error too.
foreach ($class in $env:CLASSES.Split(',')) { Write-Probe "read $class" { Get-PsrInstance $class $false } }
Write-Probe 'no such class' { Get-PsrInstance 'MSFT_NoSuchClass' $false }
Write-Probe 'no such namespace' { $global:PsrNamespace = 'root/NoSuchNamespace'; Get-PsrInstance 'MSFT_VirtualDisk' $false }
# Who may not read a provider cannot be asked to call it.
$provider = $null
try { $provider = (Get-PsrInstance 'MSFT_StorageProvider' $false) | Select-Object -First 1 } catch { $null = $_ }
if ($null -ne $provider) {
	Write-Probe 'no such method' { $global:PsrStage = 'during'; Invoke-PsrMethod $provider 'NoSuchMethod' @{} }
	Write-Probe 'no such argument' { $global:PsrStage = 'during'; Invoke-PsrMethod $provider 'Discover' @{ NoSuchArgument = [uint16]1 } }
}
# A virtual disk by a key that nobody has: made here, never enumerated.
Write-Probe 'no such instance' {
	$common = Get-PsrCommon
	$class = @(Get-CimClass -Namespace $global:PsrNamespace -ClassName 'MSFT_VirtualDisk' @common)[0]
	$disk = New-CimInstance -CimClass $class -Property @{ ObjectId = 'no such object' } -ClientOnly -ErrorAction Stop
	$global:PsrStage = 'during'
	Invoke-PsrMethod $disk 'SetReplicationRelationship' @{ Operation = [uint16]22; VirtualDiskReplicaPeer = (New-PsrPeer @{ PeerUniqueId = 'no such disk' }) }
}
