import * as React from 'react';
import type { TrainEstimate } from '../../api/types';
import { MakingContent, MakingWidget } from '../../ui/making/makingWidget';
import type { TrainingDesk } from '../desk';
import { trainingIcon } from '../icons';
import { NewTrainingView } from './newTrainingView';
import { TrainingForm } from './trainingForm';

/** A training about to be started, in the main area. */
export class NewTrainingWidget extends MakingWidget<NewTrainingContent> {
  constructor(options: MakingWidget.IOptions<TrainingDesk>) {
    super({
      id: options.id,
      content: new NewTrainingContent(options),
      icon: trainingIcon,
      label: options.desk.studio.trans.__('New training')
    });
  }
}

export class NewTrainingContent extends MakingContent<
  TrainingDesk,
  TrainEstimate
> {
  constructor(options: MakingWidget.IOptions<TrainingDesk>) {
    super(options.desk);
    this.form = new TrainingForm(options);
  }

  readonly form: TrainingForm;

  protected override draw(): JSX.Element {
    return (
      <NewTrainingView
        form={this.form}
        onStart={() => void this.start()}
        onClose={() => this.dispose()}
      />
    );
  }
}
