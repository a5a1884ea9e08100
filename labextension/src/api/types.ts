// The contract's records under the names that the rest of the frontend uses.

import type { components } from './contract';

type Schemas = components['schemas'];

export type Job = Schemas['Job'];
export type JobState = Job['state'];
export type JobAction =
  'pause' | 'resume' | 'stop' | 'cancel' | 'retry' | 'move_up';
export type JobList = Schemas['JobList'];
export type Progress = Schemas['Progress'];
export type Log = Schemas['Log'];
export type LogLine = Schemas['LogLine'];
export type LogLevel = LogLine['level'];

export type StudioEvent = Schemas['Event'];
export type Topic = StudioEvent['topic'];
export type EventType = StudioEvent['type'];
export type EventPage = Schemas['Events'];

export type Dataset = Schemas['Dataset'];
export type DatasetList = Schemas['DatasetList'];
export type DatasetFacts = Schemas['DatasetFacts'];
export type Source = Dataset['source'];
export type Tokenization = Schemas['Tokenization'];
export type TokenizationList = Schemas['TokenizationList'];
export type TokenizationFacts = Schemas['TokenizationFacts'];
export type Sample = Schemas['Sample'];
export type SampleHead = Schemas['SampleHead'];
export type SamplePage = Schemas['SamplePage'];
export type TokenPiece = Schemas['TokenPiece'];
export type TokenPreview = Schemas['TokenPreview'];
export type SourceLook = Schemas['SourceLook'];
export type SampleLook = Schemas['SampleLook'];
export type ColumnLook = Schemas['ColumnLook'];
export type Message = Schemas['Message'];
export type Statistics = Schemas['Statistics'];
export type SplitCount = Schemas['SplitCount'];
export type TokenizationComparison = Schemas['TokenizationComparison'];
export type Difference = Schemas['Difference'];
export type VocabularyCheck = Schemas['VocabularyCheck'];
export type CleanDataset = Schemas['CleanDataset'];
export type CleanRules = Schemas['CleanRules'];
export type CleaningRule = Schemas['RuleCount']['rule'];
export type CleaningPreview = Schemas['CleaningPreview'];
export type CleanedSample = Schemas['CleanedSample'];
export type RuleCount = Schemas['RuleCount'];
export type ArrangeDataset = Schemas['ArrangeDataset'];
export type ArrangeOptions = Schemas['ArrangeOptions'];
export type Upload = Schemas['Upload'];

export type Model = Schemas['Model'];
export type ModelFacts = Schemas['ModelFacts'];
export type Precision = Model['precision'];
export type AddModel = Schemas['AddModel'];
export type CachedModel = Schemas['CachedModel'];
export type MemoryEstimate = Schemas['MemoryEstimate'];
export type ModelCard = Schemas['ModelCard'];
export type TryModel = Schemas['TryModel'];
export type TriedText = Schemas['TriedText'];
export type HookPoints = Schemas['HookPoints'];
export type Capture = Schemas['Capture'];
export type CaptureFacts = Schemas['CaptureFacts'];
export type HookStatistics = Schemas['HookStatistics'];
export type EstimateCapture = Schemas['EstimateCapture'];
export type CaptureEstimate = Schemas['CaptureEstimate'];
export type VectorRow = Schemas['VectorRow'];

export type Training = Schemas['Training'];
export type TrainingFacts = Schemas['TrainingFacts'];
export type TrainEstimate = Schemas['TrainEstimate'];
export type TrainingHealth = Schemas['TrainingHealth'];
export type Evaluation = Schemas['Evaluation'];
export type Architecture = Schemas['Architecture'];
export type Variant = Schemas['Variant'];
export type TrainingSource = Training['sources'][number];
export type Checkpoint = Schemas['Checkpoint'];
export type CheckpointList = Schemas['CheckpointList'];
export type CheckpointPlan = Schemas['CheckpointPlan'];
export type MetricsPage = Schemas['MetricsPage'];
export type Sae = Schemas['Sae'];
export type SaeList = Schemas['SaeList'];
export type ImportSae = Schemas['ImportSae'];

export type HubTokenState = Schemas['HubTokenState'];
export type CheckHub = Schemas['CheckHub'];
export type HubCheck = Schemas['HubCheck'];

export type AddDataset = Schemas['AddDataset'];
export type TokenizeDataset = Schemas['TokenizeDataset'];
export type PreviewTokens = Schemas['PreviewTokens'];
export type EditObject = Schemas['EditObject'];

export type Started = Schemas['Started'];
export type DeletePlan = Schemas['DeletePlan'];
export type Deleted = Schemas['Deleted'];
export type ObjectState = Dataset['state'];

export type System = Schemas['System'];
export type Lane = Schemas['Lane'];
export type ErrorForm = Schemas['ErrorForm'];

/** A schema of the contract's document, as forms read it. */
export type SchemaName = keyof Schemas;
