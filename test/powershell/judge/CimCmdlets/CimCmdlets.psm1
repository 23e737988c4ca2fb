Set-StrictMode -Off
enum NativeErrorCode { Ok = 0; Failed = 1; AccessDenied = 2; InvalidNamespace = 3; InvalidParameter = 4; InvalidClass = 5; NotFound = 6; NotSupported = 7; TypeMismatch = 13; InvalidQuery = 15; MethodNotAvailable = 16; MethodNotFound = 17; ServerIsShuttingDown = 28 }
class CimException : System.Exception {
    [object]$NativeErrorCode; [string]$MessageId; [string]$ErrorSource; [object]$ErrorData; [uint32]$StatusCode; [uint16]$ErrorType
    CimException([string]$m) : base($m) {}
}
. "$PSScriptRoot/schema.ps1"
. "$PSScriptRoot/engine.ps1"
$script:Sessions = [System.Collections.ArrayList]::new()
$script:SessionSeq = 0
$script:ClassCache = @{}
$script:MMI = 'Microsoft.Management.Infrastructure'

# ---------------------------------------------------------------- errors
function New-CimError($cmd, [string]$id, $native, [string]$message, $category, [string]$source, $status) {
    $e = [CimException]::new($message)
    $e.NativeErrorCode = $native; $e.MessageId = $id; $e.ErrorSource = $source
    if ($null -ne $status) { $e.StatusCode = [uint32]$status }
    if ($id -match '^HRESULT (0x[0-9a-fA-F]+)') { $e.HResult = [int][System.Convert]::ToInt32($Matches[1].Substring(2), 16); $e.StatusCode = [uint32][System.Convert]::ToUInt32($Matches[1].Substring(2), 16) }
    $r = [System.Management.Automation.ErrorRecord]::new($e, "$id,Microsoft.Management.Infrastructure.CimCmdlets.$($cmd)Command", $category, $source)
    if ($source) { $r.CategoryInfo.TargetName = $source }
    $r
}
function New-StorageError($cmd, [int]$code, $cls) {
    $txt = $CodeText[$code]; if (-not $txt) { $txt = "Storage error $code" }
    $cat = @{ 1 = 'NotImplemented'; 3 = 'OperationTimeout'; 5 = 'InvalidArgument'; 8 = 'ObjectNotFound'; 40001 = 'PermissionDenied'; 40002 = 'ResourceUnavailable' }[$code]
    if (-not $cat) { $cat = 'NotSpecified' }
    $src = "StorageWMI:ROOT/Microsoft/Windows/Storage/$cls"
    $r = New-CimError $cmd "StorageWMI $code" ([NativeErrorCode]::Failed) "$txt`r`n`r`nActivity ID: {$([guid]::NewGuid())}" $cat $src 1
    $r.Exception.ErrorData = [pscustomobject]@{ CIMStatusCode = [uint32]1; MessageID = "StorageWMI $code"; Message = $txt; ErrorSource = $src; ErrorType = [uint16]4; PerceivedSeverity = [uint16]2; OwningEntity = 'StorageWMI' }
    $r
}
function New-ArgError($cmd, [string]$message, [string]$type = 'System.ArgumentException') {
    $e = New-Object -TypeName $type -ArgumentList $message
    [System.Management.Automation.ErrorRecord]::new($e, "$type,Microsoft.Management.Infrastructure.CimCmdlets.$($cmd)Command", 'NotSpecified', $null)
}
# ---------------------------------------------------------------- where a call goes
class CimTarget { [string]$Key; [string]$Computer; [object]$Session }
function Resolve-Target($cmd, $cimSession, $inputObject, [bool]$implicit) {
    # emits CimTarget or ErrorRecord, one for each session
    if ($cimSession) {
        foreach ($c in $cimSession) {
            if ($c.Disposed) { New-ArgError $cmd 'Cannot access a disposed object.' 'System.ObjectDisposedException'; continue }
            $t = [CimTarget]::new(); $t.Computer = $c.ComputerName; $t.Key = Get-MachineKey $c.ComputerName; $t.Session = $c; $t
        }
        return
    }
    $t = [CimTarget]::new(); $t.Key = '.'
    if ($inputObject -and $inputObject.CimSystemProperties.StandInMachine) { $t.Key = $inputObject.CimSystemProperties.StandInMachine; if ($t.Key -ne '.') { $t.Computer = $t.Key } }
    $t
}
function Get-MachineKey([string]$name) { if (-not $name -or $name -in '.', 'localhost', '127.0.0.1', '::1') { '.' } else { $name } }
function Test-Machine($cmd, $t) {
    # under the lock: null or an ErrorRecord
    $mach = $DB.machines[$t.Key]
    $dcom = $t.Session -and $t.Session.Protocol -eq 'DCOM'
    if ($null -eq $mach -or $mach.up -eq $false) {
        if ($t.Key -eq '.') { return $null }
        if ($dcom) { return New-CimError $cmd 'HRESULT 0x800706ba' ([NativeErrorCode]::Failed) 'The RPC server is unavailable.' 'NotSpecified' $t.Computer }
        return New-CimError $cmd 'HRESULT 0x80338126' ([NativeErrorCode]::Failed) "WinRM cannot complete the operation. Verify that the specified computer name is valid, that the computer is accessible over the network." 'ConnectionError' $t.Computer
    }
    if ($mach.credential -and $t.Key -ne '.') {
        $c = $(if ($t.Session) { $t.Session.StandInCredential })
        if (-not $c -or $c.UserName -ne $mach.credential.user -or $c.GetNetworkCredential().Password -cne $mach.credential.password) { return New-CimError $cmd 'HRESULT 0x80070005' ([NativeErrorCode]::AccessDenied) 'Access is denied.' 'PermissionDenied' $t.Computer }
    }
    $null
}
function Resolve-Class($cmd, [string]$ns, [string]$cls, $key) {
    # CimTarget machine has the namespaces; returns schema or ErrorRecord
    $n = $ns.Replace('\', '/').Trim('/')
    if ($n -notin 'root', 'root/cimv2', $script:Ns, 'root/Microsoft/Windows', 'root/Microsoft') { return New-CimError $cmd 'HRESULT 0x8004100e' ([NativeErrorCode]::InvalidNamespace) 'Invalid namespace ' 'MetadataError' "$($ns.Replace('/', '\')):$cls" }
    if ($n -ne $script:Ns -or -not $Schema.Contains($cls)) {
        if ($cmd -eq 'GetCimClass') { return New-CimError $cmd 'HRESULT 0x80041002' ([NativeErrorCode]::NotFound) 'Not found ' 'ObjectNotFound' "$($ns.Replace('/', '\')):$cls" }
        return New-CimError $cmd 'HRESULT 0x80041010' ([NativeErrorCode]::InvalidClass) 'Invalid class ' 'MetadataError' "$($ns.Replace('/', '\')):$cls"
    }
    $Schema[$cls]
}
# ---------------------------------------------------------------- objects
$script:TypeMap = @{ string = [string]; uint16 = [uint16]; uint32 = [uint32]; uint64 = [uint64]; boolean = [bool]; 'uint16[]' = [uint16[]]; 'string[]' = [string[]] }
$script:CimTypeNames = @{ string = 'String'; uint16 = 'UInt16'; uint32 = 'UInt32'; uint64 = 'UInt64'; boolean = 'Boolean'; 'uint16[]' = 'UInt16Array'; 'string[]' = 'StringArray'; datetime = 'DateTime'; interval = 'DateTime'; ref = 'Reference'; inst = 'Instance' }
function Get-CimTypeName([string]$t) { $CimTypeNames[$t] }
$script:CipGetter = [System.Management.Automation.PSScriptProperty]::new('CimInstanceProperties', {
        $sc = $Schema[$this.CimSystemProperties.ClassName]; $h = [ordered]@{}
        foreach ($pn in $sc.Props.Keys) { if ($null -eq $this.PSObject.Properties[$pn]) { continue }; $h[$pn] = [pscustomobject]@{ Name = $pn; Value = $this.$pn; CimType = $CimTypeNames[$sc.Props[$pn]]; Flags = $(if ($sc.Keys -contains $pn) { 'Property, Key' } else { 'Property' }) } }
        , $h
    })
function Get-ClassObject([string]$cls, [string]$key) {
    $raj = $DB.machines[$key].runAsJob
    if ($null -eq $raj) { $raj = $true; foreach ($a in $DB.machines[$key].arrays) { if (-not (Get-Conf $a 'runAsJob')) { $raj = $false } } }
    $ck = "$cls/$key/$raj"
    if ($ClassCache.Contains($ck)) { return $ClassCache[$ck] }
    $sc = $Schema[$cls]
    $methods = @{}
    foreach ($mn in $sc.Methods.Keys) {
        $pars = @{}
        foreach ($pn in $sc.Methods[$mn].Keys) {
            if ($pn -eq 'RunAsJob' -and -not $raj -and $mn -ne 'Discover') { continue }
            $d = $sc.Methods[$mn][$pn]
            $q = @{ $(if ($d.Out) { 'Out' } else { 'In' }) = [pscustomobject]@{ Name = $(if ($d.Out) { 'Out' } else { 'In' }); Value = $true; CimType = 'Boolean' } }
            if ($d.Type -eq 'inst') { $q['EmbeddedInstance'] = [pscustomobject]@{ Name = 'EmbeddedInstance'; Value = $d.Class; CimType = 'String' } }
            $pars[$pn] = [pscustomobject]@{ Name = $d.Name; CimType = (Get-CimTypeName $d.Type); Qualifiers = $q; ReferenceClassName = $(if ($d.Type -eq 'ref') { $d.Class } else { $null }) }
        }
        $methods[$mn] = [pscustomobject]@{ Name = $mn; ReturnType = 'UInt32'; Parameters = $pars; Qualifiers = @{} }
    }
    $props = @{}
    foreach ($pn in $sc.Props.Keys) { $props[$pn] = [pscustomobject]@{ Name = $pn; CimType = (Get-CimTypeName $sc.Props[$pn]); Flags = $(if ($sc.Keys -contains $pn) { 'Property, Key, ReadOnly' } else { 'Property, ReadOnly' }); Value = $null; ReferenceClassName = $(if ($sc.Ends) { $sc.Ends[$pn] } else { $null }) } }
    $o = [pscustomobject]@{ CimClassName = $sc.Name; CimSuperClassName = $(if ($sc.Super) { $sc.Super } else { $null }); CimClassProperties = $props; CimClassMethods = $methods; CimClassQualifiers = @{}; CimSystemProperties = [pscustomobject]@{ Namespace = 'Root/Microsoft/Windows/Storage'; ServerName = $DB.machines[$key].hostName; ClassName = $sc.Name; Path = $null; StandInMachine = $key } }
    $o.PSObject.TypeNames.Insert(0, "$MMI.CimClass"); $o.PSObject.TypeNames.Insert(0, "$MMI.CimClass#Root/Microsoft/Windows/Storage/$($sc.Name)")
    $ClassCache[$ck] = $o
    $o
}
function New-Instance([string]$cls, $row, $t, $onlyProps, [bool]$isRef, [bool]$keyOnly) {
    $sc = $Schema[$cls]
    $key = $t.Key
    $keys = $sc.Keys
    $h = [ordered]@{}
    foreach ($pn in $sc.Props.Keys) {
        $isKey = $keys -contains $pn
        if ($isRef -and -not $isKey) { continue }
        if ($keyOnly -or $isRef) { $take = $isKey } elseif ($onlyProps) { $take = $onlyProps -contains $pn } else { $take = $true }
        $v = $null
        if ($take) {
            $v = $row[$pn]
            if ($null -ne $v) {
                $ty = $sc.Props[$pn]
                if ($ty -eq 'ref' -and $v -is [System.Collections.IDictionary]) { $v = New-Instance $v['$ref'] @{ ObjectId = $v.oid } $t $null $true $false }
                else { $tt = $TypeMap[$ty]; if ($tt) { $v = $v -as $tt } }
            }
        }
        $h[$pn] = $v
    }
    $h['PSComputerName'] = $(if ($t.Computer) { $t.Computer } else { $null })
    $h['CimClass'] = $(if ($isRef) { Get-RefClass $sc.Name } else { Get-ClassObject $sc.Name $key })
    $h['CimSystemProperties'] = [pscustomobject]@{ Namespace = 'Root/Microsoft/Windows/Storage'; ServerName = $DB.machines[$key].hostName; ClassName = $sc.Name; Path = $null; StandInMachine = $key; StandInRef = $isRef; StandInClient = $false }
    $o = [pscustomobject]$h
    $o.PSObject.Properties.Add($CipGetter)
    $o.PSObject.TypeNames.Insert(0, "$MMI.CimInstance"); $o.PSObject.TypeNames.Insert(0, "$MMI.CimInstance#Root/Microsoft/Windows/Storage/$($sc.Name)")
    $o
}
function Get-RefClass([string]$name) {
    if (-not $ClassCache["ref/$name"]) { $ClassCache["ref/$name"] = [pscustomobject]@{ CimClassName = $name; CimSuperClassName = $null; CimClassProperties = @{}; CimClassMethods = @{}; CimClassQualifiers = @{}; CimSystemProperties = [pscustomobject]@{ Namespace = 'Root/Microsoft/Windows/Storage'; ServerName = $null; ClassName = $name; Path = $null } } }
    $ClassCache["ref/$name"]
}
function Test-IsInstance($o) { $null -ne $o -and $o.PSObject.TypeNames -contains "$MMI.CimInstance" }
function Test-IsA([string]$cls, [string]$base) { while ($cls) { if ($cls -eq $base) { return $true }; if (-not $Schema.Contains($cls)) { return $false }; $cls = $Schema[$cls].Super }; $false }
function Assert-Instance($cmdlet, $cmd, $o) {
    if (-not (Test-IsInstance $o)) {
        $e = [System.Management.Automation.PSInvalidCastException]::new("Cannot bind parameter 'InputObject'. Cannot convert the value of type `"$(if ($null -eq $o) { 'null' } else { $o.GetType().FullName })`" to type `"$MMI.CimInstance`".")
        $cmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new($e, "CannotConvertArgumentNoMessage,Microsoft.Management.Infrastructure.CimCmdlets.$($cmd)Command", 'InvalidArgument', $o))
    }
}
function Assert-Session($cmdlet, $cmd, $list) {
    foreach ($c in $list) {
        if ($null -eq $c -or $c.PSObject.TypeNames -notcontains "$MMI.CimSession") {
            $e = [System.Management.Automation.PSInvalidCastException]::new("Cannot bind parameter 'CimSession'. Cannot convert the value to type `"$MMI.CimSession`".")
            $cmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new($e, "CannotConvertArgumentNoMessage,Microsoft.Management.Infrastructure.CimCmdlets.$($cmd)Command", 'InvalidArgument', $c))
        }
    }
}
# ---------------------------------------------------------------- weather: latency, noise
function Get-Weather($t, $array) {
    $src = $(if ($array) { $array } else { @($DB.machines[$t.Key].arrays)[0] })
    $ml = $DB.machines[$t.Key].latencyMs
    @{ latency = $(if ($null -ne $ml) { [long]$ml } elseif ($src) { [long](Get-Conf $src 'latencyMs') } else { [long]0 }); noise = @($(if ($src) { Get-Conf $src 'noise' })) }
}
function Out-Noise($cmdlet, $noise, [string]$when) {
    $esc = [char]27
    foreach ($n in $noise) {
        switch ($n) {
            'host' { Write-Host "stand-in $when <<not a frame>> {`"ok`":true}" }
            'warning' { $cmdlet.WriteWarning("stand-in warning $when") }
            'verbose' { $cmdlet.WriteVerbose("stand-in verbose $when"); Write-Verbose -Message "stand-in verbose $when" -Verbose }
            'debug' { $cmdlet.WriteDebug("stand-in debug $when") }
            'information' { Write-Information -MessageData "stand-in information $when" -InformationAction Continue }
            'progress' { Write-Progress -Activity 'stand-in' -Status $when -PercentComplete 50 }
            'ansi' { [Console]::Out.Write("$esc[?1h$esc[31mred$esc[0m$esc[?1l") }
            'stdout' { [Console]::Out.Write("unfinished text ($when)") }
            'stdoutLine' { [Console]::Out.WriteLine("a line of its own ($when)") }
            'stderr' { [Console]::Error.WriteLine("stand-in: stderr text ($when)") }
            'stderrMuch' { [Console]::Error.Write([string]::new('e', 200000)) }
            'object' { "stray object ($when)" }
        }
    }
}
function Wait-Weather($ms) { if ($ms -gt 0) { [System.Threading.Thread]::Sleep([int]$ms) } }
function New-TimeoutError($cmd, $t) { if ($t.Session -and $t.Session.Protocol -ne 'DCOM') { New-CimError $cmd 'HRESULT 0x80338029' ([NativeErrorCode]::Failed) 'The WS-Management service cannot complete the operation within the time specified in OperationTimeout.' 'OperationTimeout' $t.Computer } else { New-CimError $cmd 'HRESULT 0x40004' ([NativeErrorCode]::Failed) 'Timed out ' 'OperationTimeout' 'root\Microsoft\Windows\Storage' } }
# A read: $work runs under the lock and emits instances or ErrorRecords
function Invoke-Read($cmdlet, $cmd, $targets, [uint32]$timeout, [scriptblock]$work, [string]$what) {
    foreach ($t in $targets) {
        if ($t -is [System.Management.Automation.ErrorRecord]) { $cmdlet.ThrowTerminatingError($t) }
        Enter-State
        $err = $null; $res = @(); $w = @{ latency = 0; noise = @() }
        try {
            $err = Test-Machine $cmd $t
            if (-not $err) {
                $w = Get-Weather $t $null
                $res = @(& $work $t)
                $b = $DB.config.logReads; if ($b) { Write-Log ([ordered]@{ event = 'read'; cmdlet = $cmd; what = $what; machine = $t.Key; count = $res.Count }) }
            }
        } finally { Exit-State }
        Out-Noise $cmdlet $w.noise 'before'
        if ($timeout -gt 0 -and $w.latency -gt 1000 * [long]$timeout) { Wait-Weather (1000 * [long]$timeout); $err = New-TimeoutError $cmd $t; $res = @() } else { Wait-Weather $w.latency }
        if ($err) { $cmdlet.WriteError($err) }
        foreach ($r in $res) { if ($r -is [System.Management.Automation.ErrorRecord]) { $cmdlet.WriteError($r) } else { $cmdlet.WriteObject($r) } }
        Out-Noise $cmdlet $w.noise 'after'
    }
}
function Find-Row([string]$cls, [string]$key, [string]$oid) { foreach ($r in @(Get-Rows $cls $key)) { if ([string]::Equals($r.ObjectId, $oid, [System.StringComparison]::OrdinalIgnoreCase)) { return $r } } }
function New-NotFound($cmd, $cls) { New-CimError $cmd 'HRESULT 0x80041002' ([NativeErrorCode]::NotFound) 'Not found ' 'ObjectNotFound' $cls }
function Get-LinkKey($cls, $o) { $k = @(); foreach ($x in ($Schema[$cls].Keys | Sort-Object)) { $v = $o[$x]; $k += $(if ($v -is [System.Collections.IDictionary] -and $v.Contains('$ref')) { $v.oid } else { $v.ObjectId }) }; $k -join '|' }
function Get-ObjKey($o) { $cls = $o.CimSystemProperties.ClassName; if ($Schema[$cls].Ends) { $k = @(); foreach ($x in ($Schema[$cls].Keys | Sort-Object)) { $k += $o.$x.ObjectId }; $k -join '|' } else { $o.ObjectId } }

# ---------------------------------------------------------------- cmdlets
function Get-CimInstance {
    [CmdletBinding(DefaultParameterSetName = 'Class')]
    param(
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'Class', ValueFromPipelineByPropertyName)][Parameter(Mandatory, Position = 0, ParameterSetName = 'ClassSession', ValueFromPipelineByPropertyName)][string]$ClassName,
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'Instance', ValueFromPipeline)][Parameter(Mandatory, Position = 0, ParameterSetName = 'InstanceSession', ValueFromPipeline)][Alias('CimInstance')][object]$InputObject,
        [Parameter(Mandatory, ParameterSetName = 'ClassSession')][Parameter(Mandatory, ParameterSetName = 'InstanceSession')][ValidateNotNull()][object[]]$CimSession,
        [Parameter(ParameterSetName = 'Class')][Parameter(ParameterSetName = 'ClassSession')][string]$Namespace = 'root/cimv2',
        [Parameter(ParameterSetName = 'Class')][Parameter(ParameterSetName = 'ClassSession')][Alias('SelectProperties')][string[]]$Property,
        [Parameter(ParameterSetName = 'Class')][Parameter(ParameterSetName = 'ClassSession')][switch]$KeyOnly,
        [Parameter(ParameterSetName = 'Class')][Parameter(ParameterSetName = 'ClassSession')][switch]$Shallow,
        [Alias('OT')][uint32]$OperationTimeoutSec
    )
    process {
        if (-not $PSBoundParameters.ContainsKey('ErrorAction')) { $ErrorActionPreference = $PSCmdlet.SessionState.PSVariable.GetValue('ErrorActionPreference') }
        $cmd = 'GetCimInstance'
        if ($CimSession) { Assert-Session $PSCmdlet $cmd $CimSession }
        if ($PSCmdlet.ParameterSetName -like 'Instance*') {
            Assert-Instance $PSCmdlet $cmd $InputObject
            $cls = $InputObject.CimSystemProperties.ClassName; $k = Get-ObjKey $InputObject
            Invoke-Read $PSCmdlet $cmd @(Resolve-Target $cmd $CimSession $InputObject) $OperationTimeoutSec {
                param($t)
                foreach ($r in @(Get-Rows $cls $t.Key)) { $rk = $(if ($Schema[$cls].Ends) { Get-LinkKey $cls $r } else { $r.ObjectId }); if ($rk -eq $k) { return New-Instance $cls $r $t $null $false $false } }
                New-NotFound $cmd $cls
            } "instance of $cls"
            return
        }
        $pr = $Property; $ko = [bool]$KeyOnly; $sh = [bool]$Shallow
        Invoke-Read $PSCmdlet $cmd @(Resolve-Target $cmd $CimSession $null) $OperationTimeoutSec {
            param($t)
            $sc = Resolve-Class $cmd $Namespace $ClassName $t.Key
            if ($sc -is [System.Management.Automation.ErrorRecord]) { return $sc }
            foreach ($x in $pr) { if (-not $sc.Props.Contains($x)) { return New-CimError $cmd 'HRESULT 0x80041017' ([NativeErrorCode]::InvalidQuery) 'Invalid query ' 'InvalidArgument' "select $($pr -join ', ') from $ClassName" } }
            if ($sh) { return }
            foreach ($r in @(Get-Rows $sc.Name $t.Key)) { $c = $(if ($r['$class']) { $r['$class'] } else { $sc.Name }); New-Instance $c $r $t $pr $false $ko }
        } "enumerate $ClassName"
    }
}
function Get-CimAssociatedInstance {
    [CmdletBinding(DefaultParameterSetName = 'Computer')]
    param(
        [Parameter(Position = 1)][string]$Association,
        [string]$ResultClassName,
        [Parameter(Mandatory, Position = 0, ValueFromPipeline)][Alias('CimInstance')][object]$InputObject,
        [string]$Namespace,
        [Alias('OT')][uint32]$OperationTimeoutSec,
        [Parameter(Mandatory, ParameterSetName = 'Session')][ValidateNotNull()][object[]]$CimSession,
        [switch]$KeyOnly
    )
    process {
        if (-not $PSBoundParameters.ContainsKey('ErrorAction')) { $ErrorActionPreference = $PSCmdlet.SessionState.PSVariable.GetValue('ErrorActionPreference') }
        $cmd = 'GetCimAssociatedInstance'
        if ($CimSession) { Assert-Session $PSCmdlet $cmd $CimSession }
        Assert-Instance $PSCmdlet $cmd $InputObject
        $ns2 = $(if ($PSBoundParameters.ContainsKey('Namespace')) { $Namespace } else { $InputObject.CimSystemProperties.Namespace })
        $cls = $InputObject.CimSystemProperties.ClassName; $k = $InputObject.ObjectId; $ko = [bool]$KeyOnly
        Invoke-Read $PSCmdlet $cmd @(Resolve-Target $cmd $CimSession $InputObject) $OperationTimeoutSec {
            param($t)
            foreach ($x in @($Association, $ResultClassName)) { if ($x) { $sc = Resolve-Class $cmd $ns2 $x $t.Key; if ($sc -is [System.Management.Automation.ErrorRecord]) { return $sc } } }
            $sc = Resolve-Class $cmd $ns2 $cls $t.Key; if ($sc -is [System.Management.Automation.ErrorRecord]) { return $sc }
            if (-not $k) { return New-CimError $cmd 'HRESULT 0x80041008' ([NativeErrorCode]::InvalidParameter) 'Invalid parameter ' 'InvalidArgument' $cls }
            if (-not (Find-Row $cls $t.Key $k)) { return New-NotFound $cmd $cls }
            $seen = @{}
            foreach ($a in @($Schema.Keys | Sort-Object)) {
                $as = $Schema[$a]
                if (-not $as.Ends -or $as.Abstract) { continue }
                if ($Association -and -not (Test-IsA $a $Association)) { continue }
                foreach ($r in @(Get-Rows $a $t.Key)) {
                    foreach ($e in $as.Keys) {
                        if (-not [string]::Equals($r[$e].oid, $k, [System.StringComparison]::OrdinalIgnoreCase)) { continue }
                        foreach ($f in $as.Keys) {
                            if ($f -eq $e) { continue }
                            $c = $r[$f]['$ref']
                            if ($ResultClassName -and -not (Test-IsA $c $ResultClassName)) { continue }
                            $row = Find-Row $c $t.Key $r[$f].oid
                            if ($row -and -not $seen[$row.ObjectId]) { $seen[$row.ObjectId] = 1; New-Instance $c $row $t $null $false $ko }
                        }
                    }
                }
            }
        } "associators of $cls via $Association"
    }
}
function Get-CimClass {
    [CmdletBinding(DefaultParameterSetName = 'Computer')]
    param(
        [Parameter(Position = 0)][string]$ClassName,
        [Parameter(Position = 1)][string]$Namespace = 'root/cimv2',
        [Alias('OT')][uint32]$OperationTimeoutSec,
        [Parameter(Mandatory, ParameterSetName = 'Session')][ValidateNotNull()][object[]]$CimSession,
        [string]$MethodName, [string]$PropertyName, [string]$QualifierName
    )
    process {
        if (-not $PSBoundParameters.ContainsKey('ErrorAction')) { $ErrorActionPreference = $PSCmdlet.SessionState.PSVariable.GetValue('ErrorActionPreference') }
        $cmd = 'GetCimClass'
        if ($CimSession) { Assert-Session $PSCmdlet $cmd $CimSession }
        Invoke-Read $PSCmdlet $cmd @(Resolve-Target $cmd $CimSession $null) $OperationTimeoutSec {
            param($t)
            if (-not $ClassName -or $ClassName -match '[*?]') {
                $pat = $(if ($ClassName) { $ClassName } else { '*' })
                $sc = Resolve-Class $cmd $Namespace 'MSFT_VirtualDisk' $t.Key
                if ($sc -is [System.Management.Automation.ErrorRecord]) { if ($sc.Exception.NativeErrorCode -eq 3) { return $sc } else { return } }
                foreach ($c in @($Schema.Keys | Sort-Object)) { if ($c -like $pat) { $o = Get-ClassObject $c $t.Key; if (-not $MethodName -or $o.CimClassMethods.Contains($MethodName)) { $o } } }
                return
            }
            $sc = Resolve-Class $cmd $Namespace $ClassName $t.Key
            if ($sc -is [System.Management.Automation.ErrorRecord]) { return $sc }
            $o = Get-ClassObject $sc.Name $t.Key
            if ($MethodName -and -not $o.CimClassMethods.Contains($MethodName)) { return }
            $o
        } "class $ClassName"
    }
}
function New-CimInstance {
    [CmdletBinding(SupportsShouldProcess, DefaultParameterSetName = 'Class')]
    param(
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'Class')][Parameter(Mandatory, Position = 0, ParameterSetName = 'ClassSession')][string]$ClassName,
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'CimClass', ValueFromPipeline)][Parameter(Mandatory, Position = 0, ParameterSetName = 'CimClassSession', ValueFromPipeline)][object]$CimClass,
        [Parameter(ParameterSetName = 'Class')][Parameter(ParameterSetName = 'ClassSession')][string[]]$Key,
        [Parameter(Position = 1)][Alias('Arguments')][System.Collections.IDictionary]$Property,
        [Parameter(ParameterSetName = 'Class')][Parameter(ParameterSetName = 'ClassSession')][string]$Namespace = 'root/cimv2',
        [Alias('OT')][uint32]$OperationTimeoutSec,
        [Parameter(Mandatory, ParameterSetName = 'ClassSession')][Parameter(Mandatory, ParameterSetName = 'CimClassSession')][ValidateNotNull()][object[]]$CimSession,
        [Alias('Local')][switch]$ClientOnly
    )
    process {
        if (-not $PSBoundParameters.ContainsKey('ErrorAction')) { $ErrorActionPreference = $PSCmdlet.SessionState.PSVariable.GetValue('ErrorActionPreference') }
        $cmd = 'NewCimInstance'
        if ($CimSession -and $ClientOnly) { $PSCmdlet.ThrowTerminatingError((New-ArgError $cmd 'ClientOnly and CimSession cannot be used together.' 'System.InvalidOperationException')) }
        if (-not $ClientOnly) { $PSCmdlet.WriteError((New-CimError $cmd 'HRESULT 0x8004100c' ([NativeErrorCode]::NotSupported) 'Not supported ' 'NotImplemented' 'root\Microsoft\Windows\Storage')); return }
        if ($PSCmdlet.ParameterSetName -eq 'CimClass') {
            if ($CimClass.PSObject.TypeNames -notcontains "$MMI.CimClass") { $PSCmdlet.ThrowTerminatingError((New-ArgError $cmd "Cannot convert the value to type `"$MMI.CimClass`"." 'System.Management.Automation.PSInvalidCastException')) }
            $cls = $CimClass.CimClassName; $sc = $Schema[$cls]
        } else { $cls = $ClassName; $sc = $null }
        if (-not $PSCmdlet.ShouldProcess($cls, 'Create CimInstance')) { return }
        $o = [pscustomobject]@{}; $cip = [ordered]@{}
        $vals = @{}
        if ($Property) { foreach ($n in $Property.Keys) { $vals["$n"] = $Property[$n] } }
        $names = $(if ($sc) { @($sc.Props.Keys) } else { @($vals.Keys) })
        foreach ($n in @($vals.Keys)) {
            if (-not $sc) { continue }
            if (-not $sc.Props.Contains($n)) { $PSCmdlet.ThrowTerminatingError((New-ArgError $cmd "Unable to add property '$n': the class '$cls' has no such property.")) }
            $v = Convert-Argument $vals[$n] $sc.Props[$n] $null
            if ($v -is [System.Management.Automation.ErrorRecord]) { $PSCmdlet.ThrowTerminatingError($v) }
            $vals[$n] = $v
        }
        foreach ($n in $names) {
            $o.PSObject.Properties.Add([System.Management.Automation.PSNoteProperty]::new($n, $vals[$n]))
            $cip[$n] = [pscustomobject]@{ Name = $n; Value = $vals[$n]; CimType = $(if ($sc) { Get-CimTypeName $sc.Props[$n] } else { 'Unknown' }); Flags = 'Property' }
        }
        $o.PSObject.Properties.Add([System.Management.Automation.PSNoteProperty]::new('PSComputerName', $null))
        $o.PSObject.Properties.Add([System.Management.Automation.PSNoteProperty]::new('CimClass', $(if ($sc) { $CimClass } else { $null })))
        $o.PSObject.Properties.Add([System.Management.Automation.PSNoteProperty]::new('CimInstanceProperties', $cip))
        $o.PSObject.Properties.Add([System.Management.Automation.PSNoteProperty]::new('CimSystemProperties', [pscustomobject]@{ Namespace = $(if ($sc) { 'Root/Microsoft/Windows/Storage' } else { $Namespace }); ServerName = $null; ClassName = $cls; Path = $null; StandInMachine = $null; StandInRef = $false; StandInClient = $true }))
        $o.PSObject.TypeNames.Insert(0, "$MMI.CimInstance"); $o.PSObject.TypeNames.Insert(0, "$MMI.CimInstance#$(if ($sc) { 'Root/Microsoft/Windows/Storage' } else { $Namespace })/$cls")
        $PSCmdlet.WriteObject($o)
    }
}
function Convert-Argument($v, [string]$type, $cls) {
    # as the client would put it into a native value of the declared type: the value or an ErrorRecord
    if ($null -eq $v) { return $null }
    if ($v -is [psobject] -and $v.PSObject.BaseObject -isnot [System.Management.Automation.PSCustomObject]) { $v = $v.PSObject.BaseObject }
    $bad = { param($w) New-ArgError 'InvokeCimMethod' "Unable to cast object of type '$($v.GetType().FullName)' to $w." 'System.InvalidCastException' }
    switch -Wildcard ($type) {
        'inst' { if (-not (Test-IsInstance $v)) { return & $bad 'CimInstance' }; return $v }
        'ref' { if (-not (Test-IsInstance $v)) { return & $bad 'CimInstance' }; return $v }
        'boolean' { if ($v -is [System.Management.Automation.SwitchParameter]) { $v = [bool]$v }; if ($v -isnot [bool]) { return & $bad 'Boolean' }; return $v }
        'string' { if ($v -isnot [string]) { return & $bad 'String' }; return $v }
        'datetime' { if ($v -isnot [datetime]) { return & $bad 'DateTime' }; return $v }
        '*`[`]' { $l = @(); foreach ($x in $v) { $y = Convert-Argument $x $type.Substring(0, $type.Length - 2) $null; if ($y -is [System.Management.Automation.ErrorRecord]) { return $y }; $l += $y }; return , ($l -as $TypeMap[$type]) }
        'uint*' {
            if ($v -isnot [byte] -and $v -isnot [int16] -and $v -isnot [uint16] -and $v -isnot [int] -and $v -isnot [uint32] -and $v -isnot [long] -and $v -isnot [uint64]) { return & $bad $type }
            try { return [System.Convert]::ChangeType($v, $TypeMap[$type]) } catch { return New-ArgError 'InvokeCimMethod' $_.Exception.Message 'System.OverflowException' }
        }
    }
    $v
}
function Invoke-CimMethod {
    [CmdletBinding(SupportsShouldProcess, DefaultParameterSetName = 'Class')]
    param(
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'Class')][Parameter(Mandatory, Position = 0, ParameterSetName = 'ClassSession')][string]$ClassName,
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'Instance', ValueFromPipeline)][Parameter(Mandatory, Position = 0, ParameterSetName = 'InstanceSession', ValueFromPipeline)][Alias('CimInstance')][object]$InputObject,
        [Parameter(Mandatory, ParameterSetName = 'ClassSession')][Parameter(Mandatory, ParameterSetName = 'InstanceSession')][ValidateNotNull()][object[]]$CimSession,
        [Parameter(Position = 2)][System.Collections.IDictionary]$Arguments,
        [Parameter(Mandatory, Position = 1)][Alias('Name')][string]$MethodName,
        [Parameter(ParameterSetName = 'Class')][Parameter(ParameterSetName = 'ClassSession')][string]$Namespace = 'root/cimv2',
        [Alias('OT')][uint32]$OperationTimeoutSec
    )
    process {
        if (-not $PSBoundParameters.ContainsKey('ErrorAction')) { $ErrorActionPreference = $PSCmdlet.SessionState.PSVariable.GetValue('ErrorActionPreference') }
        $cmd = 'InvokeCimMethod'
        if ($CimSession) { Assert-Session $PSCmdlet $cmd $CimSession }
        if ($PSCmdlet.ParameterSetName -like 'Class*') {
            Invoke-Read $PSCmdlet $cmd @(Resolve-Target $cmd $CimSession $null) $OperationTimeoutSec {
                param($t)
                $sc = Resolve-Class $cmd $Namespace $ClassName $t.Key
                if ($sc -is [System.Management.Automation.ErrorRecord]) { return $sc }
                New-CimError $cmd 'HRESULT 0x8004102f' ([NativeErrorCode]::InvalidParameter) 'Invalid method Parameter(s) ' 'InvalidArgument' "root\Microsoft\Windows\Storage:$ClassName"
            } 'static method'
            return
        }
        Assert-Instance $PSCmdlet $cmd $InputObject
        $cls = $InputObject.CimSystemProperties.ClassName
        $decl = $null
        if ($InputObject.CimClass -and $InputObject.CimClass.CimClassMethods) { $decl = $InputObject.CimClass.CimClassMethods[$MethodName] }
        $vals = @{}
        if ($Arguments) {
            foreach ($n in @($Arguments.Keys)) {
                if ($decl) {
                    $d = $Schema[$cls].Methods[$decl.Name][$n]
                    if (-not $decl.Parameters.Contains("$n")) { $PSCmdlet.ThrowTerminatingError((New-ArgError $cmd "Unable to find parameter '$n' of method '$MethodName' in class '$cls'.")) }
                    $v = Convert-Argument $Arguments[$n] $d.Type $d.Class
                    if ($v -is [System.Management.Automation.ErrorRecord]) { $PSCmdlet.ThrowTerminatingError($v) }
                    $vals["$n"] = $v
                } else { $vals["$n"] = $Arguments[$n] }
            }
        }
        if (-not $PSCmdlet.ShouldProcess("$cls ($($InputObject.ObjectId))", "Invoke-CimMethod: $MethodName")) { return }
        foreach ($t in @(Resolve-Target $cmd $CimSession $InputObject)) {
            if ($t -is [System.Management.Automation.ErrorRecord]) { $PSCmdlet.ThrowTerminatingError($t) }
            if (-not $decl) {
                $e = $(if ($Schema.Contains($cls) -and $Schema[$cls].Methods -and $Schema[$cls].Methods.Contains($MethodName)) { New-CimError $cmd 'HRESULT 0x80041005' ([NativeErrorCode]::TypeMismatch) 'Type mismatch ' 'InvalidType' "root\Microsoft\Windows\Storage:$cls" } else { New-CimError $cmd 'HRESULT 0x80041055' ([NativeErrorCode]::MethodNotFound) 'Method not found ' 'MetadataError' "root\Microsoft\Windows\Storage:$cls" })
                $PSCmdlet.WriteError($e); continue
            }
            Invoke-Method $PSCmdlet $t $cls $InputObject $decl.Name $vals $OperationTimeoutSec
        }
    }
}
function Get-ExtStatus($t, [int]$code) {
    $txt = $CodeText[$code]; if (-not $txt) { $txt = "Storage error $code" }
    New-Instance 'MSFT_StorageExtendedStatus' @{ CIMStatusCode = $(if ($code -eq 0) { 0 } else { 1 }); MessageID = "StorageWMI $code"; Message = $txt; ErrorType = 4; PerceivedSeverity = $(if ($code -in 0, 4096) { 2 } else { 5 }); ProbableCause = 0; RecommendedActions = @('Look at the array') } $t $null $false $false
}
function Invoke-Method($cmdlet, $t, $cls, $obj, $method, $vals, [uint32]$timeout) {
    $cmd = 'InvokeCimMethod'
    $err = $null; $code = $null; $outs = [ordered]@{}; $exit = $null; $hang = 0; $fault = $null; $sleep = 0; $w = @{ latency = 0; noise = @() }; $array = $null; $lose = $false
    Enter-State
    $keep = $true
    try {
        $err = Test-Machine $cmd $t
        if (-not $err) {
            $row = $null
            if ($obj.ObjectId) { $row = Find-Row $cls $t.Key $obj.ObjectId }
            if (-not $row) { $w = Get-Weather $t $null; $code = 8; if ($cls -notin 'MSFT_VirtualDisk') { $err = New-NotFound $cmd "root\Microsoft\Windows\Storage:$cls" } else { Write-Log ([ordered]@{ event = 'call'; machine = $t.Key; method = $method; object = $obj.ObjectId; code = 8; why = 'object not found on this machine' }) } }
            else {
                foreach ($a in $DB.machines[$t.Key].arrays) { if ($row.ObjectId.Contains((New-Guidish "provider/$a"))) { $array = $a } }
                $w = Get-Weather $t $array
                $changes = $cls -eq 'MSFT_VirtualDisk'
                if ($changes) { $fault = Find-Fault $t.Key $method $vals }
                if ($fault -and $fault.do -eq 'exitBefore') {
                    Write-Log ([ordered]@{ event = 'fault'; do = 'exitBefore'; machine = $t.Key; method = $method; operation = $vals.Operation })
                    Exit-State; $keep = $false
                    [Environment]::Exit([int]$(if ($null -ne $fault.code) { $fault.code } else { 3 }))
                }
                if ($fault -and $fault.do -eq 'code') { $code = [int]$fault.code; Write-Log ([ordered]@{ event = 'call'; machine = $t.Key; method = $method; operation = $vals.Operation; code = $code; why = 'fault' }) }
                else {
                    switch ("$cls.$method") {
                        'MSFT_VirtualDisk.SetReplicationRelationship' { $code, $outs, $sleep = Invoke-SetRelationship $t $array $row $vals }
                        'MSFT_VirtualDisk.CreateReplica' { $code, $outs, $sleep = Invoke-CreateReplica $t $array $row $vals }
                        'MSFT_StorageProvider.Discover' { $code, $outs, $sleep = Invoke-Discover $t $array $vals }
                        { $_ -like 'MSFT_ReplicationCapabilities.*' } { $code, $outs = Invoke-Capability $array $method $vals }
                        'MSFT_StorageJob.GetExtendedStatus' { $code = 0; $outs.ExtendedStatus = Get-ExtStatus $t $(if ($row.ErrorCode) { [int]$row.ErrorCode } else { 0 }) }
                        'MSFT_StorageJob.GetOutParameters' { $code = 0; $outs.OutParameters = $null }
                        'MSFT_StorageJob.GetMessages' { $code = 0; $outs.Messages = [string[]]@('stand-in'); $outs.Channels = [uint16[]]@(0) }
                        default { $code = 1 }
                    }
                }
                if ($fault -and $fault.do -eq 'hang') { $hang = [long]$fault.ms }
                if ($fault -and $fault.do -eq 'exitAfter') { Write-Log ([ordered]@{ event = 'fault'; do = 'exitAfter'; machine = $t.Key; method = $method; operation = $vals.Operation; code = $code }); $exit = [int]$(if ($null -ne $fault.code) { $fault.code } else { 3 }) }
            }
            if (-not $err -and $array -and $Schema[$cls].Methods[$method].Contains('ExtendedStatus') -and -not $outs.Contains('ExtendedStatus')) { $outs.ExtendedStatus = $(if (Get-Conf $array 'extendedStatus') { Get-ExtStatus $t $code } else { $null }) }
            if ($array) { $asException = (Get-Conf $array 'codesAs') -eq 'exception'; $streamed = Get-Conf $array 'streamed'; $omit = Get-Conf $array 'omitNullOut' } else { $asException = $true }
        }
    } finally { if ($keep) { Exit-State } }
    if ($null -ne $exit) { [Environment]::Exit($exit) }
    Out-Noise $cmdlet $w.noise 'before'
    $wait = [long]$w.latency + [long]$hang + [long]$sleep
    if ($timeout -gt 0 -and $wait -gt 1000 * [long]$timeout) { Wait-Weather (1000 * [long]$timeout); $cmdlet.WriteError((New-TimeoutError $cmd $t)); return }
    Wait-Weather $wait
    if (-not $err -and $code -notin 0, 4096 -and $asException) { $err = New-StorageError $cmd $code $cls }
    if ($err) { $cmdlet.WriteError($err); Out-Noise $cmdlet $w.noise 'after'; return }
    if ($streamed) {
        foreach ($n in @($outs.Keys)) {
            if ($null -eq $outs[$n]) { continue }
            foreach ($x in @($outs[$n])) { $so = [pscustomobject]@{ ParameterName = $n; ItemType = (Get-CimTypeName ($Schema[$cls].Methods[$method][$n].Type -replace '\[\]', '')); ItemValue = $x; PSComputerName = $t.Computer }; $so.PSObject.TypeNames.Insert(0, "$MMI.CimMethodStreamedResult"); $cmdlet.WriteObject($so) }
            if ($Schema[$cls].Methods[$method][$n].Type -like '*]') { $outs.Remove($n) }
        }
    }
    $ro = [pscustomobject]@{}
    foreach ($n in $outs.Keys) { if ($null -eq $outs[$n] -and $omit) { continue }; $ro.PSObject.Properties.Add([System.Management.Automation.PSNoteProperty]::new($n, $outs[$n])) }
    $ro.PSObject.Properties.Add([System.Management.Automation.PSNoteProperty]::new('ReturnValue', [uint32]$code))
    $ro.PSObject.Properties.Add([System.Management.Automation.PSNoteProperty]::new('PSComputerName', $(if ($t.Computer) { $t.Computer } else { $null })))
    $ro.PSObject.TypeNames.Insert(0, "$MMI.CimMethodResult"); $ro.PSObject.TypeNames.Insert(0, "$MMI.CimMethodResult#$cls#$method")
    $cmdlet.WriteObject($ro)
    Out-Noise $cmdlet $w.noise 'after'
}
function Find-Fault($key, $method, $vals) {
    foreach ($f in @($DB.faults)) {
        $wh = $f.when
        if ($wh) {
            if ($wh.machine -and $wh.machine -ne $key) { continue }
            if ($wh.method -and $wh.method -ne $method) { continue }
            if ($null -ne $wh.operation -and [int]$wh.operation -ne [int]$vals.Operation) { continue }
        }
        if ($null -ne $f.skip -and [int]$f.skip -gt 0) { $f.skip = [int]$f.skip - 1; continue }
        $n = $(if ($null -ne $f.times) { [int]$f.times } else { 1 })
        if ($n -le 1) { $DB.faults.Remove($f) } else { $f.times = $n - 1 }
        return $f
    }
}
function Test-Stale($array) {
    $a = $DB.arrays[$array]; $k = Get-Conf $array 'stale'
    switch ($k) { 'forever' { $true } 'once' { $a.discovered -ne $true } 'everyOp' { $a.discovered -ne $true } default { $false } }
}
function Get-PairOf($t, $array, $diskId, $peer) {
    # the pair that the disk has with this peer: the pair and the disk's side, or nothing
    foreach ($p in $DB.pairs) {
        foreach ($e in @(Get-Ends $t.Key $p)) {
            if ($p[$e].array -ne $array -or $p[$e].disk -ne $diskId) { continue }
            $pr = Get-PeerRow $t.Key $p $e
            if ($peer.ObjectId) { if ([string]::Equals($peer.ObjectId, $pr.ObjectId, [System.StringComparison]::OrdinalIgnoreCase)) { return @{ pair = $p; side = $e } }; continue }
            if ($peer.PeerUniqueId -and $peer.PeerUniqueId -eq $pr.PeerUniqueId -and $peer.PeerSubsystemName -eq $pr.PeerSubsystemName) { return @{ pair = $p; side = $e } }
        }
    }
}
function Get-DiskId($array, $row) { foreach ($d in $DB.arrays[$array].disks) { if ($d.uniqueId -eq $row.UniqueId) { return $d.id } } }
function Invoke-SetRelationship($t, $array, $row, $vals) {
    $diskId = Get-DiskId $array $row
    $peer = $vals.VirtualDiskReplicaPeer
    $log = [ordered]@{ event = 'call'; machine = $t.Key; method = 'SetReplicationRelationship'; array = $array; disk = $diskId; diskUniqueId = $row.UniqueId; operation = $vals.Operation; name = $OpNames[[int]$vals.Operation]; runAsJob = $vals.RunAsJob; peer = $(if ($peer) { [ordered]@{ objectId = $peer.ObjectId; uniqueId = $peer.PeerUniqueId; name = $peer.PeerObjectName; subsystem = $peer.PeerSubsystemName; client = $peer.CimSystemProperties.StandInClient } } else { $null }); before = $null; after = $null; code = $null }
    $outs = [ordered]@{ CreatedStorageJob = $null }
    $sleep = [long](Get-Conf $array 'callMs')
    $code = 0; $p = $null
    if ($null -eq $vals.Operation -or $null -eq $peer) { $code = 5 }
    elseif (-not (Test-IsA $peer.CimSystemProperties.ClassName 'MSFT_ReplicaPeer')) { $code = 5 }
    elseif ($peer.CimSystemProperties.StandInRef -or (-not $peer.PeerUniqueId) -or (-not $peer.PeerSubsystemName)) { $code = 5; $log.why = 'peer without the required PeerUniqueId and PeerSubsystemName' }
    elseif (Test-Stale $array) { $code = 40003 }
    else {
        $hit = Get-PairOf $t $array $diskId $peer
        if (-not $hit) { $code = 8; $log.why = 'no relationship of this disk with this peer' }
        else {
            $p = $hit.pair
            $log.side = $(if ($hit.side -eq (Get-Src $p)) { 'source' } else { 'target' })
            $log.before = Get-Brief $p
            $op = [int]$vals.Operation
            $plan = Get-Plan $p $op $hit.side
            if ($plan.code) { $code = $plan.code; $log.why = 'refused by the array' }
            else {
                if ((Get-Conf $array 'stale') -eq 'everyOp') { $DB.arrays[$array].discovered = $false }
                if ($plan.toggled) { $log.toggled = $true }
                $mode = Get-Conf $array 'jobs'
                $raj = [bool]$vals.RunAsJob
                $asJob = $mode -eq 'always' -or ($mode -eq 'asked' -and $raj)
                if ($plan.noop) { $asJob = $false; $log.noop = $true }
                elseif ($null -ne $plan.setMode) { $p.mode = $plan.setMode }
                else {
                    $oldCs = [int]$p.copyState; $oldPs = [int]$p.progress
                    # an initial copy that is interrupted leaves the target inconsistent
                    if ($plan.other) { $p.other = [ordered]@{ side = $plan.other; cs = $(if ($oldCs -eq 4) { 5 } else { $oldCs }) } ; $p.brokenByLink = $true }
                    $fails = $asJob -and (Get-Conf $array 'jobOutcome') -eq 'fails' -and (Get-Conf $array 'jobFailEffect') -eq 'none'
                    if ($fails) {
                        $f1 = $plan.stages[0]
                        Start-Transit $p $op @([ordered]@{ cs = $oldCs; ps = $f1.ps; ms = [long](Get-Conf $array 'jobMs') }) ([ordered]@{ cs = $oldCs; ps = $oldPs })
                        $p.requested = $plan.requested
                    } else {
                        if ($oldCs -in 2, 3 -and -not $plan.stages[0].Contains('cs')) { $plan.stages[0].cs = $oldCs }
                        Start-Transit $p $op $plan.stages $plan.final ([long](Get-Conf $array 'lateMs'))
                        $p.requested = $plan.requested
                    }
                    $p.frozen = $null
                }
                if ($asJob) {
                    $j = New-Job $t.Key $p $array $diskId "$($OpNames[$op]) of $($row.FriendlyName)"
                    $p.job = $j.id; $code = 4096; $log.job = $j.id; $log.jobOutcome = $j.outcome
                    if ($j.outcome -ne 'noReference') { $outs.CreatedStorageJob = New-Instance 'MSFT_StorageJob' @{ ObjectId = (Get-ObjectId $t.Key 'SJ' $array $j.id) } $t $null $true $false }
                }
                Update-Pair $p
                if ($p.removed) { $DB.pairs.Remove($p) }
                $log.after = Get-Brief $p
            }
        }
    }
    $log.code = $code
    Write-Log $log
    $code; $outs; $sleep
}
function Invoke-CreateReplica($t, $array, $row, $vals) {
    $diskId = Get-DiskId $array $row
    $ts = $vals.TargetStorageSubsystem
    $log = [ordered]@{ event = 'call'; machine = $t.Key; method = 'CreateReplica'; array = $array; disk = $diskId; diskUniqueId = $row.UniqueId; friendlyName = $vals.FriendlyName; targetDisk = $vals.TargetVirtualDiskObjectId; targetPool = $vals.TargetStoragePoolObjectId; rpo = $vals.RecoveryPointObjective; syncType = $vals.SyncType; runAsJob = $vals.RunAsJob; peer = $(if ($ts) { [ordered]@{ objectId = $ts.ObjectId; uniqueId = $ts.PeerUniqueId; name = $ts.PeerObjectName; subsystem = $ts.PeerSubsystemName; type = $ts.PeerObjectType } } else { $null }); before = 'absent'; after = $null; code = $null }
    $outs = [ordered]@{ CreatedReplicaPeer = $null; CreatedStorageJob = $null }
    $sleep = [long](Get-Conf $array 'callMs'); $code = 0
    $there = $null
    if (-not $ts) { $there = $array }
    else {
        $known = @($array); foreach ($pr in $DB.partners) { if ($pr[0] -eq $array) { $known += $pr[1] } elseif ($pr[1] -eq $array) { $known += $pr[0] } }
        foreach ($a in $known) { $x = $DB.arrays[$a]; if ($ts.PeerUniqueId -and $ts.PeerSubsystemName -and $ts.PeerUniqueId -eq $x.uniqueId -and $ts.PeerSubsystemName -in $x.name, $x.friendlyName) { $there = $a } }
    }
    $td = $null
    if ($ts -and -not (Test-IsA $ts.CimSystemProperties.ClassName 'MSFT_ReplicaPeer')) { $code = 5 }
    elseif ($ts -and $null -ne $ts.PeerObjectType -and [int]$ts.PeerObjectType -ne 32770) { $code = 5; $log.why = 'the peer is not a subsystem' }
    elseif (Test-Stale $array) { $code = 40003 }
    elseif (-not $there) { $code = 8; $log.why = 'no such partner' }
    elseif ($vals.SyncType -ne 6) { $code = 1 }
    else {
        if ($vals.TargetVirtualDiskObjectId) {
            foreach ($d in $DB.arrays[$there].disks) {
                $ids = @((Get-InnerDiskId $there $d.id)); foreach ($mk in $DB.machines.Keys) { if (@($DB.machines[$mk].arrays) -contains $there) { $ids += Get-DiskOid $mk $there $d.id } }
                if ($ids -contains $vals.TargetVirtualDiskObjectId) { $td = $d }
            }
            if (-not $td) { $code = 8; $log.why = 'no such target disk' }
        } elseif ($vals.TargetStoragePoolObjectId) {
            $pool = $null
            foreach ($o in $DB.arrays[$there].pools) { foreach ($mk in $DB.machines.Keys) { if ((Get-ObjectId $mk 'PO' $there ((New-Guidish $there) + (New-Guidish "$there/$($o.id)"))) -eq $vals.TargetStoragePoolObjectId) { $pool = $o } } }
            if (-not $pool) { $code = 8; $log.why = 'no such pool' }
            else {
                $DB.seq = [int]$DB.seq + 1
                $sd = Get-Disk @{ array = $array; disk = $diskId }
                $td = [ordered]@{ id = "new$($DB.seq)"; friendlyName = $(if ($vals.FriendlyName) { $vals.FriendlyName } else { "$($sd.friendlyName)-replica" }); uniqueId = ([guid]::NewGuid().ToString('N').ToUpperInvariant()); size = $sd.size; pool = $pool.id; content = $null; created = $true }
            }
        } else { $code = 5; $log.why = 'neither target disk nor pool' }
    }
    if ($code -eq 0) {
        $sd = Get-Disk @{ array = $array; disk = $diskId }
        if (-not $td.created -and [long]$td.size -lt [long]$sd.size) { $code = 5; $log.why = 'target too small' }
        foreach ($p in $DB.pairs) { foreach ($e in 'a', 'b') { if ($p[$e].array -eq $there -and $p[$e].disk -eq $td.id) { $code = 5; $log.why = 'the target has a relationship already' } } }
        if ($there -eq $array -and $td.id -eq $diskId) { $code = 5 }
        foreach ($a in $array, $there) { if ($DB.arrays[$a].up -eq $false) { $code = 4 } }
    }
    if ($code -eq 0) {
        if ($td.created) { [void]$DB.arrays[$there].disks.Add($td) }
        $DB.seq = [int]$DB.seq + 1
        $mode = $(if ($null -eq $vals.RecoveryPointObjective) { $cm = Get-Conf $array 'createMode'; @{ Unknown = 0; Synchronous = 2; Asynchronous = 3 }[$cm] } elseif ([int]$vals.RecoveryPointObjective -eq 0) { 2 } else { 3 })
        $p = [ordered]@{ id = "pair$($DB.seq)"; kind = $(if ($there -eq $array) { 'local' } else { 'remote' }); a = [ordered]@{ array = $array; disk = $diskId }; b = [ordered]@{ array = $there; disk = $td.id }; source = 'a'; copyState = 2; progress = 4; mode = $mode; type = 6; link = 'up'; consistent = $false; percent = 0; requested = 4; rpo = $vals.RecoveryPointObjective; gen = 1; syncTime = $null }
        Start-Transit $p 0 @([ordered]@{ cs = 2; ps = 4; ms = [long](Get-Conf $array 'transitMs') }, [ordered]@{ cs = 3; ps = 6; ms = [long](Get-Conf $array 'copyMs'); pct = $true }) ([ordered]@{ cs = 4; copy = 'st' }) ([long](Get-Conf $array 'lateMs'))
        [void]$DB.pairs.Add($p)
        Update-Pair $p
        $outs.CreatedReplicaPeer = New-Instance 'MSFT_ReplicaPeer' (Get-PeerRow $t.Key $p 'a') $t $null $false $false
        $jm = Get-Conf $array 'jobs'
        if ($jm -eq 'always' -or ($jm -eq 'asked' -and [bool]$vals.RunAsJob)) {
            $j = New-Job $t.Key $p $array $diskId 'CreateReplica'
            $p.job = $j.id; $code = 4096; $log.job = $j.id; $log.jobOutcome = $j.outcome
            $outs.CreatedReplicaPeer = $null
            if ($j.outcome -ne 'noReference') { $outs.CreatedStorageJob = New-Instance 'MSFT_StorageJob' @{ ObjectId = (Get-ObjectId $t.Key 'SJ' $array $j.id) } $t $null $true $false }
            if ($j.outcome -eq 'fails' -and (Get-Conf $array 'jobFailEffect') -eq 'none') { $p.transit.stages.Clear(); [void]$p.transit.stages.Add([ordered]@{ cs = 2; ps = 4; ms = [long](Get-Conf $array 'jobMs') }); $p.transit.final = [ordered]@{ cs = 2; drop = "both" } }
        }
        if ((Get-Conf $array 'stale') -eq 'everyOp') { $DB.arrays[$array].discovered = $false }
        $log.after = Get-Brief $p
    }
    $log.code = $code
    Write-Log $log
    $code; $outs; $sleep
}
function Invoke-Discover($t, $array, $vals) {
    $outs = [ordered]@{ CreatedStorageJob = $null }; $code = 0
    $ro = $vals.RootObject
    $rc = $(if ($ro) { $ro.CimSystemProperties.ClassName })
    if ($null -ne $vals.DiscoveryLevel -and ([int]$vals.DiscoveryLevel -gt 3 -or ($ro -and $rc -notin 'MSFT_StorageProvider', 'MSFT_StorageSubSystem'))) { $code = 5 }
    elseif ($ro -and -not (Find-Row $rc $t.Key $ro.ObjectId)) { $code = 8 }
    elseif ($ro -and -not $ro.ObjectId.Contains((New-Guidish "provider/$array"))) { $code = 8 }
    else { $DB.arrays[$array].discovered = $true }
    Write-Log ([ordered]@{ event = 'call'; machine = $t.Key; method = 'Discover'; array = $array; level = $vals.DiscoveryLevel; rootClass = $rc; root = $(if ($ro) { $ro.ObjectId }); runAsJob = $vals.RunAsJob; code = $code })
    $code; $outs; [long](Get-Conf $array 'discoverMs')
}
function Invoke-Capability($array, $method, $vals) {
    $map = @{ GetSupportedOperations = 'operations SupportedOperations'; GetSupportedFeatures = 'features Features'; GetSupportedCopyStates = 'copyStates SupportedCopyStates' }
    $outs = [ordered]@{}
    if ($null -eq $vals.ReplicationType) { return 5, $outs }
    if (-not $map[$method]) { return 1, $outs }
    $k, $n = $map[$method] -split ' '
    $outs[$n] = $null
    $e = [int](Get-Conf $array "${k}Error")
    if ($e) { return $e, $outs }
    if (@((Get-Conf $array 'replicationTypes') | ForEach-Object { [int]$_ }) -notcontains [int]$vals.ReplicationType) { return 1, $outs }
    $l = Get-Conf $array $k
    if ($null -ne $l) { $outs[$n] = [uint16[]]@($l | ForEach-Object { $_ }) }
    return 0, $outs
}
# ---------------------------------------------------------------- sessions
function New-CimSessionOption {
    [CmdletBinding(DefaultParameterSetName = 'ProtocolTypeSet')]
    param(
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'ProtocolTypeSet')][ValidateSet('Dcom', 'Default', 'Wsman')][string]$Protocol,
        [Parameter(ParameterSetName = 'WSManParameterSet')][switch]$UseSsl,
        [Parameter(ParameterSetName = 'WSManParameterSet')][switch]$NoEncryption,
        [Parameter(ParameterSetName = 'WSManParameterSet')][switch]$SkipCACheck,
        [Parameter(ParameterSetName = 'WSManParameterSet')][switch]$SkipCNCheck,
        [Parameter(ParameterSetName = 'WSManParameterSet')][switch]$SkipRevocationCheck,
        [Parameter(ParameterSetName = 'WSManParameterSet')][switch]$EncodePortInServicePrincipalName,
        [Parameter(ParameterSetName = 'WSManParameterSet')][uint32]$MaxEnvelopeSizeKB,
        [cultureinfo]$UICulture, [cultureinfo]$Culture
    )
    $o = [pscustomobject]@{ Protocol = $(if ($Protocol -eq 'Dcom') { 'DCOM' } else { 'WSMAN' }); UseSsl = [bool]$UseSsl; NoEncryption = [bool]$NoEncryption; SkipCACheck = [bool]$SkipCACheck }
    $o.PSObject.TypeNames.Insert(0, "$MMI.Options.CimSessionOptions")
    $o
}
function New-CimSession {
    [CmdletBinding(DefaultParameterSetName = 'Credential')]
    param(
        [Parameter(ParameterSetName = 'Credential')][ValidateSet('Default', 'Digest', 'Negotiate', 'Basic', 'Kerberos', 'NtlmDomain', 'CredSsp')][string]$Authentication,
        [Parameter(Position = 1, ParameterSetName = 'Credential')][pscredential]$Credential,
        [Parameter(ParameterSetName = 'Certificate')][string]$CertificateThumbprint,
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)][Alias('CN', 'ServerName')][string[]]$ComputerName,
        [string]$Name, [Alias('OT')][uint32]$OperationTimeoutSec, [switch]$SkipTestConnection, [uint32]$Port, [object]$SessionOption
    )
    process {
        if (-not $PSBoundParameters.ContainsKey('ErrorAction')) { $ErrorActionPreference = $PSCmdlet.SessionState.PSVariable.GetValue('ErrorActionPreference') }
        if ($null -ne $SessionOption -and $SessionOption.PSObject.TypeNames -notcontains "$MMI.Options.CimSessionOptions") { $PSCmdlet.ThrowTerminatingError((New-ArgError 'NewCimSession' 'Cannot convert the value to CimSessionOptions.' 'System.Management.Automation.PSInvalidCastException')) }
        foreach ($cn in $(if ($ComputerName) { $ComputerName } else { 'localhost' })) {
            $script:SessionSeq++
            $proto = $(if ($SessionOption) { $SessionOption.Protocol } elseif ($ComputerName) { 'WSMAN' } else { 'DCOM' })
            $c = [pscustomobject]@{ Id = [uint32]$script:SessionSeq; Name = $(if ($Name) { $Name } else { "CimSession$script:SessionSeq" }); InstanceId = [guid]::NewGuid(); ComputerName = $cn; Protocol = $proto; Disposed = $false }
            $c.PSObject.TypeNames.Insert(0, "$MMI.CimSession")
            $hid = [System.Management.Automation.PSNoteProperty]::new('StandInCredential', $Credential)
            $c.PSObject.Properties.Add($hid)
            $tg = [CimTarget]::new(); $tg.Key = Get-MachineKey $cn; $tg.Computer = $cn; $tg.Session = $c
            $err = $null; $lat = 0
            if (-not $SkipTestConnection) {
                Enter-State
                try {
                    $err = Test-Machine 'NewCimSession' $tg
                    $mach = $DB.machines[$tg.Key]
                    if (-not $err -and $mach.protocols -and @($mach.protocols) -notcontains $proto) { $err = New-CimError 'NewCimSession' $(if ($proto -eq 'DCOM') { 'HRESULT 0x800706ba' } else { 'HRESULT 0x80338012' }) ([NativeErrorCode]::Failed) 'The client cannot connect to the destination specified in the request.' 'ConnectionError' $cn }
                    Write-Log ([ordered]@{ event = 'session'; machine = $tg.Key; protocol = $proto; user = $(if ($Credential) { $Credential.UserName }); ok = ($null -eq $err) })
                    if ($mach -and $null -ne $mach.connectMs) { $lat = $mach.connectMs }
                } finally { Exit-State $false }
            }
            Wait-Weather $lat
            if ($err) { $PSCmdlet.WriteError($err); continue }
            [void]$script:Sessions.Add($c)
            $PSCmdlet.WriteObject($c)
        }
    }
}
function Get-CimSession {
    [CmdletBinding(DefaultParameterSetName = 'ComputerNameSet')]
    param(
        [Parameter(Position = 0, ParameterSetName = 'ComputerNameSet')][string[]]$ComputerName,
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'SessionIdSet')][uint32[]]$Id,
        [Parameter(Mandatory, ParameterSetName = 'InstanceIdSet')][guid[]]$InstanceId,
        [Parameter(Mandatory, ParameterSetName = 'NameSet')][string[]]$Name
    )
    if (-not $PSBoundParameters.ContainsKey('ErrorAction')) { $ErrorActionPreference = $PSCmdlet.SessionState.PSVariable.GetValue('ErrorActionPreference') }
    $hit = @($script:Sessions | Where-Object { (-not $ComputerName -or $ComputerName -contains $_.ComputerName) -and (-not $Id -or $Id -contains $_.Id) -and (-not $InstanceId -or $InstanceId -contains $_.InstanceId) -and (-not $Name -or @(foreach ($n in $Name) { if ($_.Name -like $n) { 1 } }).Count) })
    if (-not $hit.Count -and $PSBoundParameters.Keys -match '^(ComputerName|Id|InstanceId|Name)$') { $PSCmdlet.WriteError((New-ArgError 'GetCimSession' 'No CimSession matches.')) }
    foreach ($h in $hit) { $PSCmdlet.WriteObject($h) }
}
function Remove-CimSession {
    [CmdletBinding(SupportsShouldProcess, DefaultParameterSetName = 'CimSessionSet')]
    param(
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'CimSessionSet', ValueFromPipeline)][object[]]$CimSession,
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'ComputerNameSet')][string[]]$ComputerName,
        [Parameter(Mandatory, ParameterSetName = 'SessionIdSet')][uint32[]]$Id,
        [Parameter(Mandatory, ParameterSetName = 'InstanceIdSet')][guid[]]$InstanceId,
        [Parameter(Mandatory, ParameterSetName = 'NameSet')][string[]]$Name
    )
    process {
        if (-not $PSBoundParameters.ContainsKey('ErrorAction')) { $ErrorActionPreference = $PSCmdlet.SessionState.PSVariable.GetValue('ErrorActionPreference') }
        if ($CimSession) { Assert-Session $PSCmdlet 'RemoveCimSession' $CimSession }
        foreach ($c in @($script:Sessions)) {
            $match = $(if ($CimSession) { @($CimSession | Where-Object { $_.InstanceId -eq $c.InstanceId }).Count } elseif ($ComputerName) { $ComputerName -contains $c.ComputerName } elseif ($Id) { $Id -contains $c.Id } elseif ($InstanceId) { $InstanceId -contains $c.InstanceId } else { $Name -contains $c.Name })
            if ($match -and $PSCmdlet.ShouldProcess($c.Name, 'Remove-CimSession')) { $c.Disposed = $true; $script:Sessions.Remove($c) }
        }
    }
}
Export-ModuleMember -Function Get-CimInstance, Get-CimAssociatedInstance, Get-CimClass, Invoke-CimMethod, New-CimInstance, New-CimSession, Get-CimSession, Remove-CimSession, New-CimSessionOption
